/* mix - which instructions compiled functions are made of
 *
 * From the text of cuobjdump -sass (NVIDIA's GPUs) or objdump -d (x86-64).
 * Counts are of instructions in the code, not of how often they run. Neither
 * text is trusted: what is no function's head and no instruction is passed
 * over, names point into the text.
 */
#ifndef MIX_H
#define MIX_H

#include <stddef.h>

#define MIX_CLASSES 16
#define MIX_FUNCTIONS 4096 /* of a text; what more there is, is left out */

struct mix_function {
	const char *name; /* name_len bytes of a stranger's text */
	size_t name_len;
	size_t total;
	size_t count[MIX_CLASSES];
};

struct mix {
	const char *const *classes; /* their names, NULL-terminated */
	struct mix_function *item;  /* the largest first */
	size_t count;
};

/* Of SASS an instruction is of one class; padding is not counted. */
void mix_of_sass(const char *text, struct mix *out);

/* Of x86-64 it may be of several: a load into a vector register is a load and
 * a vector instruction. What every shared object has is left out. A text that
 * is of another machine gives no function. */
void mix_of_x86(const char *text, struct mix *out);

void mix_free(struct mix *m);

#endif
