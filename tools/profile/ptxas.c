/* ptxas - what each kernel takes of a multiprocessor, as the assembler says */
#include "ptxas.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES (1 << 28) /* no kernel has more of anything */

/* The text after a word on this line, or NULL. */
static const char *after(const char *line, size_t len, const char *word)
{
	const char *at = memmem(line, len, word, strlen(word));

	return at ? at + strlen(word) : NULL;
}

static int number(const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);

	return end != text && n >= 0 && n <= MOST_BYTES ? (int)n : 0;
}

/* The number before a word on this line, or 0. */
static int before(const char *line, size_t len, const char *word)
{
	const char *at = memmem(line, len, word, strlen(word));

	while (at && at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return at ? number(at) : 0;
}

static void begin(struct ptxas *x, const char *name, const char *end)
{
	const char *quote = memchr(name, '\'', (size_t)(end - name));

	if (!quote)
		return;
	if (x->more || x->count == PTXAS_MOST) {
		x->more++;
		return;
	}
	x->item[x->count++] = (struct ptxas_kernel){
	        .name = name, .name_len = (size_t)(quote - name)};
}

void ptxas_parse(const char *log, struct ptxas *out)
{
	*out = (struct ptxas){.count = 0};
	while (*log) {
		size_t len = strcspn(log, "\n");
		struct ptxas_kernel *k = out->count && !out->more
		                                 ? &out->item[out->count - 1]
		                                 : NULL;
		const char *name =
		        after(log, len, "Compiling entry function '");
		const char *used = after(log, len, ": Used ");

		if (name) {
			begin(out, name, log + len);
		} else if (k && used) {
			k->registers = number(used);
			k->shared = before(log, len, " bytes smem");
		} else if (k && after(log, len, " bytes stack frame")) {
			k->stack = before(log, len, " bytes stack frame");
			k->spill_stores =
			        before(log, len, " bytes spill stores");
			k->spill_loads = before(log, len, " bytes spill loads");
		}
		log += len + (log[len] == '\n');
	}
}
