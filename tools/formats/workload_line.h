/* workload_line - one workload, checked against its definition
 *
 * Only workload.c uses this.
 */
#ifndef WORKLOAD_LINE_H
#define WORKLOAD_LINE_H

#include "workload.h"

/* Fills a workload that has its line and document, the Trace. Returns -1 with
 * the fault set. */
int workload_line_read(struct workload *w, const struct definition *d,
                       const char *path, struct fault *f);

#endif
