/* bench_rows - the state of a bench judgement, and the rows it writes */
#ifndef BENCH_ROWS_H
#define BENCH_ROWS_H

#include "judged.h"
#include "samples.h"
#include "slots.h"

#define CANDIDATE_FAILED 1

struct bench {
	const struct job *job;
	struct session *session;
	struct judged judged;
	struct samples samples;
	struct runner *runner[SIDE_COUNT];
	struct slots slots;
	int process, pair;
	int looks;
	int checked; /* calls of the candidate that have rows, and were right */
	const char *stopped; /* why before the last process, or NULL */
	double start;        /* of clock_seconds */
	char started_at[32]; /* ISO 8601 */
};

void bench_add_anchor(struct bench *b);

/* The row of one slot; set is its first. */
struct slot {
	const char *phase, *mode;
	enum side side;
	size_t workload;
	int set, calls;
};
void bench_add_row(struct bench *b, const struct slot *s,
                   const struct measurement *m);

/* What m->reason means: of the candidate, an answer, with its row
 * (CANDIDATE_FAILED); of the incumbent, trouble (-1 with the fault set). */
int bench_fail(struct bench *b, const struct slot *s,
               const struct measurement *m, struct fault *f);

/* Adds the notes, and writes the job's bench.tsv. */
int bench_write(struct bench *b, struct fault *f);

/* bench_trials.c: calls the candidate until job->trials of its calls were
 * checked, while there is time. 0, or as bench_fail. */
int bench_trials(struct bench *b, struct fault *f);

/* bench_clock.c: rows by which one clock is checked by the other, in the first
 * processes. 0, or as bench_fail. */
int bench_time_batches(struct bench *b, struct fault *f);

#endif
