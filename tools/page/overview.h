/* overview - the page that lists all kernels */
#ifndef OVERVIEW_H
#define OVERVIEW_H

#include "history.h"

#include <stdio.h>

/* A row a kernel and device; each links to FOLDER/index.html. Returns -1 with
 * the fault set. */
int overview_page(FILE *p, const struct history *h, size_t count,
                  struct fault *f);

#endif
