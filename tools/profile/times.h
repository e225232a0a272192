/* times - what a solution's calls took when it was last measured
 *
 * Taken from `make bench` where that measured this very source, else from the
 * last verdict about it, as candidate or as incumbent.
 */
#ifndef TIMES_H
#define TIMES_H

#include "fault.h"
#include "workload.h"

struct times {
	char *origin; /* "exp_0009", or a file; NULL: never measured */
	char *device; /* its name: "NVIDIA H200", "cpu" */
	double *us;   /* of each workload of the list; NAN where unknown */
	size_t known; /* how many are */
};

struct times_place {
	const char *experiments; /* experiments/K */
	const char *measured;    /* where `make bench` leaves its files */
	const char *kernel_dir, *device;
};

/* Of the source with this hash. Nothing on file is no fault. Returns -1 with
 * the fault set where a record is broken. */
int times_read(const struct times_place *place, const char *source_sha256,
               const struct workload_list *list, struct times *out,
               struct fault *f);
void times_free(struct times *t);

#endif
