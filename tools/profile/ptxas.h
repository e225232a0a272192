/* ptxas - what each kernel takes of a multiprocessor, as the assembler says
 *
 * From the log of a build with -Xptxas -v: a compiler's words, and perhaps a
 * candidate's, so that every number is bounded and names point into the text.
 */
#ifndef PTXAS_H
#define PTXAS_H

#include <stddef.h>

#define PTXAS_MOST 64 /* kernels of a log that are kept */

struct ptxas_kernel {
	const char *name; /* name_len bytes of a stranger's text */
	size_t name_len;
	int registers; /* of a thread; 0: it was not said */
	int stack, spill_stores, spill_loads; /* bytes of a thread */
	int shared;                           /* static bytes of a block */
};

struct ptxas {
	struct ptxas_kernel item[PTXAS_MOST];
	size_t count, more; /* kept, and left out */
};

void ptxas_parse(const char *log, struct ptxas *out);

#endif
