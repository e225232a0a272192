/* path_class - workloads grouped by the code path that they ask for
 *
 * Of one class are those whose tensors have bytes of one order of magnitude
 * and of which the same axes are 1. What limits a class, and so what would help
 * it, follows from its bytes, operations and times.
 */
#ifndef PATH_CLASS_H
#define PATH_CLASS_H

#include "times.h"

/* Where a number came from: the page says. */
enum bandwidth_from { BANDWIDTH_GIVEN, BANDWIDTH_SEEN, BANDWIDTH_NOMINAL };

struct path_classes {
	double gb_s; /* what traffic is measured by */
	enum bandwidth_from from;
	int is_timed; /* shares are of the time, else of the bytes */
	double ridge; /* operations a byte beyond which arithmetic limits */
	struct path_class {
		int decade;       /* of the bytes: 10^decade .. */
		uint64_t ones;    /* which axes are 1, by their number */
		size_t count;     /* workloads */
		double bytes, us; /* their sums; us of those that are known */
		double timed_bytes, timed_flops; /* and bytes, operations of
		                                    these alone */
		double flops;                    /* NAN where unknown */
		size_t timed;
		double share;
	} * item; /* the largest share first */
	size_t count;
};

/* Operations of a workload: of a matrix product 2 M N K, else NAN. */
double workload_flops(const struct definition *d, const struct workload *w);

/* moved: the bytes of each workload (moved.h). gb_s: the bandwidth if it is
 * known, else 0. */
void path_classes_make(struct path_classes *c, const struct definition *d,
                       const struct workload_list *list, const struct times *t,
                       const double *moved, const char *device, double gb_s);
void path_classes_free(struct path_classes *c);

/* What would help a class, and why. Caller frees. */
char *path_class_lever(const struct path_classes *c,
                       const struct path_class *p);

#endif
