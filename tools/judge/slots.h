/* slots - how many pairs, and calls a slot, the time allows
 *
 * A slot is to last long enough to be measured well. Where the time is too
 * short for all pairs there are fewer pairs, then fewer calls; never fewer
 * processes.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "job.h"

#define MAX_CALLS 32 /* of a slot */

struct slots {
	const struct job *job;
	int pairs;       /* of each process; at least 1 */
	int *calls;      /* of a slot, by workload */
	double *call_s;  /* what a call costs with all around it */
	double *call_ns; /* what it takes by its clock */
	double *fresh_s; /* what new values for a call of each side cost */
	double start_s;  /* of a triple */
};

void slots_init(struct slots *s, const struct job *job);
void slots_free(struct slots *s);

/* What was seen: a triple's start; a single call; new values for one. */
void slots_started(struct slots *s, double seconds);
void slots_saw(struct slots *s, size_t workload, double seconds, int64_t ns);
void slots_refreshed(struct slots *s, size_t workload, double seconds);

/* Makes pairs and calls fit so many processes, the one at hand included, into
 * the seconds left. */
void slots_plan(struct slots *s, int processes, double left_s);

#endif
