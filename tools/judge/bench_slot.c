/* bench_slot - some calls of one side on one workload
 *
 * Only plain values are timed. So that a kernel has to be right on the others
 * where it is timed, too, and not only where it is proved, a call on planted
 * values comes now and then between those that count: nothing tells one from
 * the other.
 */
#include "bench_slot.h"
#include "clock.h"

#include <string.h>

static int smaller(int a, int b)
{
	return a < b ? a : b;
}

int bench_draw(struct bench *b, size_t workload, int calls, struct fault *f)
{
	const struct job *job = b->job;
	int sets = smaller(calls, job->plain);
	double before = clock_seconds();

	for (int i = 0; i < sets; i++) {
		if (session_refresh(b->session, workload, job->by_plant[i], f))
			return -1;
	}
	slots_refreshed(&b->slots, workload, (clock_seconds() - before) / sets);
	return 0;
}

struct probe bench_probe(struct bench *b, int calls)
{
	const struct job *job = b->job;
	int planted = job->sets - job->plain;

	if (planted == 0 || judged_draw(&b->judged, SLOTS_A_PROBE) > 0)
		return (struct probe){.set = -1};
	return (struct probe){
	        .set = job->by_plant[job->plain +
	                             judged_draw(&b->judged, planted)],
	        .at = judged_draw(&b->judged, calls + 1)};
}

/* The plain sets in random order, each as often as the others. */
static void choose_sets(struct bench *b, int *set, int calls)
{
	int sets = smaller(calls, b->job->plain);

	for (int at = 0; at < calls; at += sets) {
		int order[JOB_SETS_MAX];

		judged_order(&b->judged, order, sets);
		for (int i = 0; i < sets && at + i < calls; i++)
			set[at + i] = b->job->by_plant[order[i]];
	}
}

/* Calls on these sets, added to what the slot took. */
static int measure_part(struct bench *b, const struct slot *s, const int *set,
                        int calls, struct measurement *sum, struct fault *f)
{
	struct measurement m;

	if (calls == 0)
		return 0;
	if (judged_measure(b->runner[s->side], s->workload, set, calls, s->mode,
	                   &m, f))
		return -1;
	if (m.reason)
		return bench_fail(b, s, &m, f);
	m.time_ns += sum->time_ns;
	m.wall_ns += sum->wall_ns;
	m.throttled |= sum->throttled;
	*sum = m;
	return 0;
}

int bench_slot(struct bench *b, struct slot *s, const struct probe *probe,
               struct measurement *m, struct fault *f)
{
	struct measurement aside;
	int set[MAX_CALLS] = {0}, failed = 0, at = probe ? probe->at : 0;

	choose_sets(b, set, s->calls);
	s->set = set[0];
	memset(m, 0, sizeof *m);
	if (!probe || probe->set < 0)
		return measure_part(b, s, set, s->calls, m, f);
	/* Between calls of a slot on a CPU; a GPU's kernels know of none. */
	if (b->job->is_cuda)
		at = 0;
	failed = measure_part(b, s, set, at, m, f);
	memset(&aside, 0, sizeof aside);
	if (!failed)
		failed = measure_part(b, s, &probe->set, 1, &aside, f);
	if (!failed)
		failed = measure_part(b, s, set + at, s->calls - at, m, f);
	return failed;
}
