/* workload_view - what an experiment took on each workload */
#ifndef WORKLOAD_VIEW_H
#define WORKLOAD_VIEW_H

#include "facts.h"
#include "history.h"

/* At most so many rows: what is not right first, then those that gained or
 * lost most. */
void workload_view(FILE *p, const struct history *h, size_t i,
                   const struct facts *x, size_t rows);

#endif
