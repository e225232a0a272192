/* spans - when kernels began and ended, by CUPTI */
#ifndef SPANS_H
#define SPANS_H

#include <stdint.h>

/* Looks from now on. A kernel of this name begins a span, and is not in it.
 * Returns -1 if CUPTI refuses. */
int spans_begin(const char *mark);

void spans_forget(void);

/* Nanoseconds from the start of the first to the end of the last kernel of
 * each span since spans_forget. -1 if there were not so many, or one has no
 * kernel. */
int spans_read(int64_t *ns, int n);

/* The CUDA toolkit that this was built with, such as 13000. */
int spans_toolkit(void);

#endif
