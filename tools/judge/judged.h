/* judged - measurements, and once more where something is wrong
 *
 * Also the judge's own random order of things.
 */
#ifndef JUDGED_H
#define JUDGED_H

#include "session.h"

struct judged {
	const struct job *job;
	uint64_t drawn; /* random numbers used so far */
};

void judged_start(struct judged *j, const struct job *job);

/* runner_measure; what is wrong once and then, called again on the same
 * values, mostly right is `flaky`. */
int judged_measure(struct runner *r, size_t workload, const int *set, int count,
                   const char *mode, struct measurement *m, struct fault *f);

/* One of 0 .. n - 1. */
int judged_draw(struct judged *j, int n);

/* 0 .. n - 1, shuffled. */
void judged_order(struct judged *j, int *x, int n);

#endif
