/* mix_sass - the instruction mix of device code, from cuobjdump's text */
#include "mix_parts.h"

#include <string.h>

enum {
	TENSOR,
	FP32,
	FP16,
	FP64,
	SPECIAL,
	INTEGER,
	GLOBAL_LOAD,
	GLOBAL_STORE,
	SHARED,
	LOCAL,
	ASYNC,
	ATOMIC,
	BARRIER,
	BRANCH,
	MOVE,
	OTHER
};

static const char *const classes[] = {[TENSOR] = "tensor",
                                      [FP32] = "fp32",
                                      [FP16] = "fp16",
                                      [FP64] = "fp64",
                                      [SPECIAL] = "special",
                                      [INTEGER] = "integer",
                                      [GLOBAL_LOAD] = "global load",
                                      [GLOBAL_STORE] = "global store",
                                      [SHARED] = "shared",
                                      [LOCAL] = "local (spill)",
                                      [ASYNC] = "async copy",
                                      [ATOMIC] = "atomic",
                                      [BARRIER] = "barrier",
                                      [BRANCH] = "branch",
                                      [MOVE] = "move, convert",
                                      [OTHER] = "other",
                                      NULL};

/* The first that an opcode begins with, so HFMA2.MMA (a way to move constants)
 * is not for tensors. */
static const struct {
	const char *opcode;
	int class;
} known[] = {
        {"HMMA", TENSOR},       {"IMMA", TENSOR},       {"DMMA", TENSOR},
        {"BMMA", TENSOR},       {"QMMA", TENSOR},       {"OMMA", TENSOR},
        {"HGMMA", TENSOR},      {"IGMMA", TENSOR},      {"QGMMA", TENSOR},
        {"BGMMA", TENSOR},      {"UTC", TENSOR},        {"HFMA2", FP16},
        {"HADD2", FP16},        {"HMUL2", FP16},        {"HSET", FP16},
        {"HMNMX2", FP16},       {"FFMA", FP32},         {"FADD", FP32},
        {"FMUL", FP32},         {"FSET", FP32},         {"FMNMX", FP32},
        {"FSEL", FP32},         {"FCHK", FP32},         {"DFMA", FP64},
        {"DADD", FP64},         {"DMUL", FP64},         {"DSET", FP64},
        {"MUFU", SPECIAL},      {"LDGSTS", ASYNC},      {"LDGDEPBAR", ASYNC},
        {"UTMA", ASYNC},        {"UBLKCP", ASYNC},      {"UBLKRED", ASYNC},
        {"LDG", GLOBAL_LOAD},   {"STG", GLOBAL_STORE},  {"LDSM", SHARED},
        {"LDS", SHARED},        {"STS", SHARED},        {"LDL", LOCAL},
        {"STL", LOCAL},         {"LDC", MOVE},          {"ULDC", MOVE},
        {"LD", GLOBAL_LOAD},    {"ST", GLOBAL_STORE},   {"ATOM", ATOMIC},
        {"RED", ATOMIC},        {"BAR", BARRIER},       {"SYNCS", BARRIER},
        {"DEPBAR", BARRIER},    {"MEMBAR", BARRIER},    {"FENCE", BARRIER},
        {"WARPSYNC", BARRIER},  {"UCGABAR", BARRIER},   {"ERRBAR", BARRIER},
        {"CGAERRBAR", BARRIER}, {"WARPGROUP", BARRIER}, {"BRA", BRANCH},
        {"BRX", BRANCH},        {"JMP", BRANCH},        {"CALL", BRANCH},
        {"RET", BRANCH},        {"EXIT", BRANCH},       {"BSSY", BRANCH},
        {"BSYNC", BRANCH},      {"BREAK", BRANCH},      {"IMAD.MOV", MOVE},
        {"MOV", MOVE},          {"UMOV", MOVE},         {"S2R", MOVE},
        {"S2UR", MOVE},         {"CS2R", MOVE},         {"R2UR", MOVE},
        {"F2", MOVE},           {"I2", MOVE},           {"PRMT", MOVE},
        {"SHFL", MOVE},         {"SEL", MOVE},          {"IMAD", INTEGER},
        {"IADD", INTEGER},      {"VIADD", INTEGER},     {"UIADD", INTEGER},
        {"UIMAD", INTEGER},     {"ISETP", INTEGER},     {"UISETP", INTEGER},
        {"IMNMX", INTEGER},     {"VIMNMX", INTEGER},    {"LEA", INTEGER},
        {"ULEA", INTEGER},      {"LOP3", INTEGER},      {"ULOP3", INTEGER},
        {"SHF", INTEGER},       {"USHF", INTEGER},      {"IABS", INTEGER},
        {"POPC", INTEGER},      {"FLO", INTEGER},       {"IDP", INTEGER},
};

static int class_of(const char *opcode, size_t len)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (word_begins(opcode, len, known[i].opcode))
			return known[i].class;
	return OTHER;
}

/* The opcode on a line that is an instruction: blanks, an address between
 * comment signs, perhaps a predicate, the opcode. NULL on any other. */
static const char *find_opcode(const char *p, size_t *len)
{
	size_t digits;

	p += strspn(p, " \t");
	if (p[0] != '/' || p[1] != '*')
		return NULL;
	p += 2;
	digits = strspn(p, "0123456789abcdef");
	if (digits < 4 || p[digits] != '*' || p[digits + 1] != '/')
		return NULL;
	p += digits + 2;
	p += strspn(p, " \t");
	if (*p == '@') {
		p += strcspn(p, " \t\n");
		p += strspn(p, " \t");
	}
	*len = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.");
	return *p >= 'A' && *p <= 'Z' ? p : NULL;
}

/* The name on a line "Function : NAME", or NULL. */
static const char *find_function(const char *p, size_t *len)
{
	static const char head[] = "Function : ";

	p += strspn(p, " \t");
	if (strncmp(p, head, sizeof head - 1))
		return NULL;
	p += sizeof head - 1;
	*len = strcspn(p, "\r\n");
	return p;
}

void mix_of_sass(const char *text, struct mix *out)
{
	struct mix_function *f = NULL;

	*out = (struct mix){.classes = classes};
	while (*text) {
		size_t len = 0;
		const char *found = find_function(text, &len);

		if (found) {
			f = mix_add(out, found, len);
		} else if (f && (found = find_opcode(text, &len)) &&
		           !word_is(found, len, "NOP")) {
			f->total++;
			f->count[class_of(found, len)]++;
		}
		text += strcspn(text, "\n");
		text += *text == '\n';
	}
	mix_finish(out);
}
