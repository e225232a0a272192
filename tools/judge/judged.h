/* judged - measurements, seen together with what the same sets gave before
 *
 * Also the judge's own random order of things.
 */
#ifndef JUDGED_H
#define JUDGED_H

#include "session.h"

struct judged {
	const struct job *job;
	unsigned char *passed; /* by side, workload and set */
	uint64_t drawn;        /* random numbers used so far */
};

void judged_start(struct judged *j, const struct job *job);
void judged_free(struct judged *j);

/* runner_measure; a failure on sets that were all right before is `flaky`. */
int judged_measure(struct judged *j, struct runner *r, enum side side,
                   size_t workload, const int *set, int count, const char *mode,
                   struct measurement *m, struct fault *f);

/* 0 .. n - 1, shuffled. */
void judged_order(struct judged *j, int *x, int n);

#endif
