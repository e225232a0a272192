/* select - which workloads of a list a judgement covers
 *
 * full: those that settings name for the device (`workloads`), in their order,
 * else all. quick: of these the ones that settings name (`quick`), else the
 * smallest, the median and the largest, the one that weighs most, and for each
 * var axis one where it is 1, for code that only a single row or column takes.
 * ends: the smallest and
 * the largest. "stride N": every N-th, and the largest.
 */
#ifndef SELECT_H
#define SELECT_H

#include "settings.h"
#include "workload.h"

/* Puts indices into the list, in order, into a new array. Returns their
 * number, or -1 with the fault set. */
int select_workloads(const struct definition *d,
                     const struct workload_list *list, const struct settings *s,
                     const char *how, size_t **out, struct fault *f);

#endif
