/* kernel_page - one kernel's history as a page */
#ifndef KERNEL_PAGE_H
#define KERNEL_PAGE_H

#include "facts.h"
#include "history.h"

#include <stdio.h>

/* Returns -1 with the fault set. */
int kernel_page(FILE *p, const struct history *h, const struct facts *x,
                struct fault *f);

#endif
