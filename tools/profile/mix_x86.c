/* mix_x86 - the instruction mix of host code, from objdump's text */
#include "mix_parts.h"

#include <string.h>

enum {
	WIDE512,
	WIDE256,
	WIDE128,
	FMA,
	SLOW,
	GATHER,
	LOAD,
	STORE,
	BRANCH,
	CALL
};

static const char *const classes[] = {[WIDE512] = "512 bits",
                                      [WIDE256] = "256 bits",
                                      [WIDE128] = "128 bits or scalar float",
                                      [FMA] = "multiply-add",
                                      [SLOW] = "divide, root",
                                      [GATHER] = "gather, scatter",
                                      [LOAD] = "load",
                                      [STORE] = "store",
                                      [BRANCH] = "branch",
                                      [CALL] = "call",
                                      NULL};

/* What the compiler puts into every shared object. */
static int is_common(const char *name, size_t len)
{
	static const char *const common[] = {"_init",
	                                     "_fini",
	                                     "deregister_tm_clones",
	                                     "frame_dummy",
	                                     "_start",
	                                     "register_tm_clones",
	                                     "__do_global_dtors_aux"};

	for (size_t i = 0; i < sizeof common / sizeof *common; i++)
		if (word_is(name, len, common[i]))
			return 1;
	return memmem(name, len, "@plt", 4) != NULL;
}

/* The name on a line "0000000000001250 <NAME>:", or NULL. */
static const char *find_function(const char *p, size_t len, size_t *name_len)
{
	size_t digits = strspn(p, "0123456789abcdef");

	if (digits < 8 || len < digits + 5 || p[digits] != ' ' ||
	    p[digits + 1] != '<' || memcmp(p + len - 2, ">:", 2))
		return NULL;
	*name_len = len - digits - 4;
	return p + digits + 2;
}

/* An instruction of a line "    1250:\tmnemonic operands", or NULL. Prefixes
 * are passed over. */
static const char *find_instruction(const char *p, size_t len, size_t *left)
{
	const char *end = p + len;
	size_t digits;

	p += strspn(p, " ");
	digits = strspn(p, "0123456789abcdef");
	if (!digits || p[digits] != ':' || p[digits + 1] != '\t')
		return NULL;
	p += digits + 2;
	while (p < end) {
		size_t n = strcspn(p, " \t\n");

		if (*p != '{' && !word_is(p, n, "lock") &&
		    !word_is(p, n, "rep") && !word_is(p, n, "repz") &&
		    !word_is(p, n, "bnd") && !word_is(p, n, "notrack"))
			break;
		p += n + strspn(p + n, " \t");
	}
	*left = p < end ? (size_t)(end - p) : 0;
	return *left && *p >= 'a' && *p <= 'z' ? p : NULL;
}

static int has(const char *text, size_t len, const char *what)
{
	return memmem(text, len, what, strlen(what)) != NULL;
}

static int is_branch(const char *word, size_t n)
{
	return *word == 'j' || word_begins(word, n, "loop");
}

static int is_fma(const char *word, size_t n)
{
	return word_begins(word, n, "vfmadd") ||
	       word_begins(word, n, "vfmsub") || word_begins(word, n, "vfnm") ||
	       word_begins(word, n, "vdpbf16") ||
	       word_begins(word, n, "vpdpbusd") || word_begins(word, n, "tdp");
}

static int is_slow(const char *word, size_t n)
{
	return has(word, n, "div") || has(word, n, "sqrt");
}

/* A memory operand is a store's destination where it is the last of several
 * (AT&T's order) and not only read; what computes an address touches nothing.
 */
static void count_memory(struct mix_function *f, const char *word, size_t n,
                         const char *operands, size_t len)
{
	const char *open = memrchr(operands, '(', len);
	int is_last = len && operands[len - 1] == ')';
	int only_reads = word_begins(word, n, "cmp") ||
	                 word_begins(word, n, "test") || is_branch(word, n);

	if (!open || word_begins(word, n, "lea") ||
	    word_begins(word, n, "prefetch"))
		return;
	if (is_last && !only_reads &&
	    memchr(operands, ',', (size_t)(open - operands)))
		f->count[STORE]++;
	else
		f->count[LOAD]++;
}

static void count(struct mix_function *f, const char *word, size_t len)
{
	size_t n = strcspn(word, " \t\n"), blanks;
	const char *operands;

	n = n < len ? n : len;
	blanks = strspn(word + n, " ");
	operands = word + n + blanks;
	len = len > n + blanks ? len - n - blanks : 0;
	for (size_t i = 0; i < len; i++) /* a comment of objdump's */
		if (operands[i] == '#')
			len = i;
	while (len && operands[len - 1] == ' ')
		len--;
	if (word_begins(word, n, "nop") || word_is(word, n, "data16") ||
	    word_is(word, n, "endbr64"))
		return;
	f->total++;
	f->count[WIDE512] += (size_t)has(operands, len, "%zmm");
	if (!has(operands, len, "%zmm")) {
		f->count[WIDE256] += (size_t)has(operands, len, "%ymm");
		f->count[WIDE128] += (size_t)(has(operands, len, "%xmm") &&
		                              !has(operands, len, "%ymm"));
	}
	f->count[FMA] += (size_t)is_fma(word, n);
	f->count[SLOW] += (size_t)is_slow(word, n);
	f->count[GATHER] +=
	        (size_t)(has(word, n, "gather") || has(word, n, "scatter"));
	f->count[BRANCH] += (size_t)is_branch(word, n);
	f->count[CALL] += (size_t)word_begins(word, n, "call");
	count_memory(f, word, n, operands, len);
}

void mix_of_x86(const char *text, struct mix *out)
{
	struct mix_function *f = NULL;

	*out = (struct mix){.classes = classes};
	if (!strstr(text, "file format elf64-x86-64"))
		return;
	while (*text) {
		size_t len = strcspn(text, "\n"), n = 0;
		const char *found = find_function(text, len, &n);

		if (found)
			f = is_common(found, n) ? NULL : mix_add(out, found, n);
		else if (f && (found = find_instruction(text, len, &n)))
			count(f, found, n);
		text += len + (text[len] == '\n');
	}
	mix_finish(out);
}
