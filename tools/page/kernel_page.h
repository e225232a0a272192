/* kernel_page - one kernel's history as a page, and all kernels as another */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H

#include "facts.h"
#include "history.h"

/* Returns -1 with the fault set. */
int kernel_page(FILE *p, const struct history *h, const struct facts *x,
                struct fault *f);

/* A row a kernel and device; each links to FOLDER/index.html. */
int overview_page(FILE *p, const struct history *h, size_t count,
                  struct fault *f);

#endif
