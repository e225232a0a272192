/* bench_clock - does the judge's clock agree with the device's?
 *
 * Batches of K and 2 K calls back to back, K drawn at random, are timed by
 * both. The events must lie within what the judge saw, and a call's cost, the
 * difference of the two batches, must be the same by both.
 */
#include "bench_rows.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>

#define CALLS 32       /* at least; less than twice as many */
#define BATCH_NS 2.5e8 /* about as long as the first batch of a slow kernel */
#define RELATIVE 0.10
#define ABSOLUTE_NS 2000

/* Sets the reason where the two clocks disagree on the slope. */
static void compare_slopes(struct measurement *m, int calls)
{
	double wall = (double)(m[1].wall_ns - m[0].wall_ns) / calls;
	double events = (double)(m[1].time_ns - m[0].time_ns) / calls;

	if (fabs(wall - events) <= RELATIVE * wall + ABSOLUTE_NS)
		return;
	m[1].reason = REASON_CLOCK_MISMATCH;
	snprintf(m[1].detail, sizeof m[1].detail,
	         "%.0f ns a call by events, %.0f ns by the clock", events,
	         wall);
}

/* K: enough of a short kernel, two at least of a long one. */
static int draw_calls(struct bench *b, size_t workload)
{
	double fit = BATCH_NS / fmax(b->slots.call_ns[workload], 1);
	int order[CALLS];

	judged_order(&b->judged, order, CALLS);
	return (int)fmax(2, fmin(CALLS + order[0], fit));
}

static int check_clock(struct bench *b, enum side side, size_t workload,
                       struct fault *f)
{
	int calls = draw_calls(b, workload);
	struct measurement m[2];

	for (int i = 0; i < 2; i++) {
		const struct slot s = {"wall",   "graph", side,
		                       workload, 0,       calls * (i + 1)};
		int none = runner_batch(b->runner[side], workload, s.calls,
		                        &m[i], f);

		if (none)
			return none < 0 ? -1 : 0;
		if (!m[i].reason && m[i].time_ns > m[i].wall_ns) {
			m[i].reason = REASON_CLOCK_MISMATCH;
			snprintf(m[i].detail, sizeof m[i].detail,
			         "%lld ns by events, %lld ns by the clock",
			         (long long)m[i].time_ns,
			         (long long)m[i].wall_ns);
		}
		if (i == 1 && !m[1].reason)
			compare_slopes(m, calls);
		if (m[i].reason)
			return bench_fail(b, &s, &m[i], f);
		bench_add_row(b, &s, &m[i]);
	}
	return 0;
}

int bench_check_clocks(struct bench *b, struct fault *f)
{
	b->pair = 1;
	for (size_t w = 0; w < b->job->workloads.count; w++) {
		for (int side = CANDIDATE; side <= INCUMBENT; side++) {
			int failed = check_clock(b, (enum side)side, w, f);

			if (failed)
				return failed;
		}
	}
	return 0;
}
