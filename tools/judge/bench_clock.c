/* bench_clock - batches of calls, by which one clock is checked by the other
 *
 * K and 2 K calls of the candidate back to back, K drawn at random, are timed
 * by the device's events and by the judge's clock. decision/measurements.c says
 * when the two agree; a busy host may hold up any one batch, so that it looks
 * at those of several processes.
 */
#include "bench_rows.h"

#include <math.h>

#define PROCESSES 3
#define CALLS 32       /* at least; less than twice as many */
#define BATCH_NS 2.5e8 /* about as long as the first batch of a slow kernel */

/* K: enough of a short kernel, two at least of a long one. */
static int draw_calls(struct bench *b, size_t workload)
{
	double fit = BATCH_NS / fmax(b->slots.call_ns[workload], 1);
	int order[CALLS];

	judged_order(&b->judged, order, CALLS);
	return (int)fmax(2, fmin(CALLS + order[0], fit));
}

static int time_batches(struct bench *b, size_t workload, struct fault *f)
{
	int calls = draw_calls(b, workload);

	for (int i = 1; i <= 2; i++) {
		const struct slot s = {"wall",   "graph", CANDIDATE,
		                       workload, 0,       calls * i};
		struct measurement m;
		int none = runner_batch(b->runner[CANDIDATE], workload, s.calls,
		                        &m, f);

		if (none)
			return none < 0 ? -1 : 0;
		if (m.reason)
			return bench_fail(b, &s, &m, f);
		bench_add_row(b, &s, &m);
	}
	return 0;
}

int bench_time_batches(struct bench *b, struct fault *f)
{
	if (b->process > PROCESSES)
		return 0;
	b->pair = 1;
	for (size_t w = 0; w < b->job->workloads.count; w++) {
		int failed = time_batches(b, w, f);

		if (failed)
			return failed;
	}
	return 0;
}
