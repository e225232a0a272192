/* facts - what a page must know of a kernel beside its records
 *
 * Records can be shown without: what cannot be said then has a reason.
 */
#ifndef FACTS_H
#define FACTS_H

#include "comparison.h"
#include "workload.h"

#include <stdio.h>

struct facts {
	const char *kernel_dir; /* kernels/K, or NULL */
	const char *workloads;  /* its list */
	struct definition *definition;
	struct workload_list list;
	char *missing; /* why there is no definition or list, or NULL */
};

/* Both paths may be NULL. */
void facts_read(const char *kernel_dir, const char *workloads,
                struct facts *out);
void facts_free(struct facts *x);

/* NULL where it is not listed. */
const struct workload *facts_workload(const struct facts *x, const char *uuid);

/* "M=34 K=2048" of a workload's var axes. */
void facts_axes(FILE *p, const struct facts *x, const struct workload *w);

/* What the raw times of an experiment say of each workload: those of the
 * confirmation where there was one. Returns -1 where they cannot be read. */
struct timing {
	struct comparison comparison;
	double empty_us; /* of an empty call, by the same clock; or NAN */
};
int timing_read(const struct facts *x, const char *device, const char *dir,
                struct timing *out);
void timing_free(struct timing *t);

/* The interval of a workload's speedup in the mode that decides, if that is
 * the speedup meant. */
const struct estimate *timing_of(const struct timing *t, const char *uuid,
                                 double speedup);

#endif
