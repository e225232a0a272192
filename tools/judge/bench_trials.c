/* bench_trials - calls the candidate until it was seen often enough
 *
 * A race may show once in some hundred calls. Before a win counts, so many
 * calls of the candidate were checked as settings ask for: those of the slots,
 * and as many more, in a process of its own, as the time allows.
 */
#include "bench_rows.h"
#include "clock.h"
#include "progress.h"

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

static int is_time(const struct bench *b)
{
	return clock_seconds() - b->start < b->job->budget_s;
}

/* Some calls on one workload, with values that it has not seen, or that are
 * planted. */
static int try_workload(struct bench *b, struct runner *r, size_t workload,
                        struct fault *f)
{
	int sets = b->job->sets, at = 0, set[JOB_SETS_MAX];
	int count = b->job->is_cuda ? MAX_CALLS : sets;
	struct slot slot = {"trial", b->job->mode, CANDIDATE, workload, 0, 0};
	struct measurement m;

	judged_order(&b->judged, set, sets);
	count = smaller(count, b->job->trials - b->checked);
	sets = smaller(sets, count);
	for (; at < sets; at++) {
		if (session_refresh(b->session, workload, set[at], f))
			return -1;
	}
	for (; at < count; at++)
		set[at] = set[at - sets];
	slot.calls = count;
	if (judged_measure(r, workload, set, count, b->job->mode, &m, f))
		return -1;
	if (m.reason)
		return bench_fail(b, &slot, &m, f);
	bench_add_row(b, &slot, &m);
	return 0;
}

static int try_all(struct bench *b, struct runner *r, struct fault *f)
{
	size_t workload = 0, count = b->job->workloads.count;
	int failed = 0;

	b->pair = 0;
	while (!failed && b->checked < b->job->trials && is_time(b)) {
		progress("bench: %d of %d checked calls", b->checked,
		         b->job->trials);
		b->pair += workload == 0;
		failed = try_workload(b, r, workload, f);
		workload = (workload + 1) % count;
	}
	progress_clear();
	return failed;
}

int bench_trials(struct bench *b, struct fault *f)
{
	struct runner *r;
	int failed;

	if (b->checked >= b->job->trials || !is_time(b))
		return 0;
	r = runner_start(b->session, CANDIDATE, 0, f);
	if (!r)
		return -1;
	b->process++;
	failed = try_all(b, r, f);
	runner_stop(r);
	return failed;
}
