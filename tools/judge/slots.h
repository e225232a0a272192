/* slots - how many processes, pairs, and calls a slot, the time allows
 *
 * A slot is to last long enough to be measured well. Where the time is too
 * short for all pairs there are fewer pairs, then fewer calls; never fewer
 * processes than the settings want. Where there is time left there are more
 * processes, because these differ most, then (on a CPU, where a slot may be
 * interrupted) more pairs.
 */
#ifndef SLOTS_H
#define SLOTS_H

#include "job.h"

#define MAX_CALLS 32    /* of a slot */
#define SLOTS_A_PROBE 4 /* one of so many has one call more */

struct slots {
	const struct job *job;
	int processes;    /* in all, as planned so far */
	int pairs;        /* of each process; at least 1 */
	int *calls;       /* of a slot, by workload */
	double *call_s;   /* what a call costs with all around it */
	double *call_ns;  /* what it takes by its clock */
	double *fresh_s;  /* what new values for a call of each side cost */
	double process_s; /* what a process costs but for its pairs */
};

void slots_init(struct slots *s, const struct job *job);
void slots_free(struct slots *s);

/* What was seen: a process's start, first calls and end; a single call; new
 * values for one. */
void slots_ran(struct slots *s, double seconds);
void slots_saw(struct slots *s, size_t workload, double seconds, int64_t ns);
void slots_refreshed(struct slots *s, size_t workload, double seconds);

/* Makes the processes after the first `done`, their pairs and their calls fit
 * into the seconds left. The process at hand has made its first calls. */
void slots_plan(struct slots *s, int done, double left_s);

#endif
