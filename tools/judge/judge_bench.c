/* judge_bench - the candidate's times beside the incumbent's
 *
 * Each process is a triple: the candidate, the incumbent and the incumbent
 * again, which shows what no difference looks like. A slot is some calls of
 * one of them on one workload; a pair is a slot of each, in random order.
 */
#include "bench_slot.h"
#include "clock.h"
#include "comparison.h"
#include "judge.h"
#include "memory.h"
#include "progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A slot that counts, with its row. */
static int measure(struct bench *b, enum side side, const char *mode,
                   size_t workload, const struct probe *probe, struct fault *f)
{
	struct slot slot = {"bench",  mode, side,
	                    workload, 0,    b->slots.calls[workload]};
	struct measurement m;
	int failed = bench_slot(b, &slot, probe, &m, f);

	if (!failed)
		bench_add_row(b, &slot, &m);
	return failed;
}

/* A single call that does not. */
static int try_once(struct bench *b, enum side side, size_t workload,
                    struct fault *f)
{
	struct slot slot = {"bench", b->job->mode, side, workload, 0, 1};
	struct measurement m;
	double before = clock_seconds();
	int failed = bench_slot(b, &slot, NULL, &m, f);

	if (!failed)
		slots_saw(&b->slots, workload, clock_seconds() - before,
		          m.time_ns);
	return failed;
}

static void say(const struct bench *b, size_t workload)
{
	double left = b->start + b->job->budget_s - clock_seconds();

	progress("bench: process %d/%d, pair %d/%d, workload %zu/%zu, at most "
	         "%.0f s left",
	         b->process, b->slots.processes, b->pair, b->slots.pairs,
	         workload + 1, b->job->workloads.count, left > 0 ? left : 0);
}

/* New values, and a slot of each side on them. */
static int measure_triple(struct bench *b, const char *mode, size_t workload,
                          struct fault *f)
{
	int calls = b->slots.calls[workload];
	struct probe probe = bench_probe(b, calls);
	int side[SIDE_COUNT], failed = bench_draw(b, workload, calls, f);

	judged_order(&b->judged, side, SIDE_COUNT);
	for (int k = 0; k < SIDE_COUNT && !failed; k++)
		failed = measure(b, (enum side)side[k], mode, workload, &probe,
		                 f);
	return failed;
}

static int measure_pair(struct bench *b, const char *mode, struct fault *f)
{
	int count = (int)b->job->workloads.count, failed = 0;
	int *order = xcalloc((size_t)count, sizeof *order);

	judged_order(&b->judged, order, count);
	for (int i = 0; i < count && !failed; i++) {
		say(b, (size_t)i);
		failed = measure_triple(b, mode, (size_t)order[i], f);
	}
	free(order);
	return failed;
}

/* First calls are never like later ones; in the first process they also say
 * how long a slot may be. */
static int warm_up(struct bench *b, struct fault *f)
{
	int times = b->process == 1 ? 2 : 1;

	if (b->job->harness && b->process > 1)
		return 0; /* each call is a first one */
	for (size_t w = 0; w < b->job->workloads.count; w++) {
		int failed = bench_draw(b, w, 1, f);

		say(b, w);
		for (int k = 0; k < SIDE_COUNT * times && !failed; k++)
			failed = try_once(b, (enum side)(k % SIDE_COUNT), w, f);
		if (failed)
			return failed;
	}
	return 0;
}

/* Would it be accepted by what was measured? */
static int is_better(struct bench *b)
{
	struct comparison c;
	struct fault f;
	int better;

	if (comparison_make("bench", &b->samples, &b->job->settings, &c, &f))
		return 0;
	better = c.decision == DECISION_BETTER;
	comparison_free(&c);
	return better;
}

/* One pair each of the modes that decide nothing, while there is time; of a win
 * in any case, for people ask how far it goes. */
static int measure_other_modes(struct bench *b, struct fault *f)
{
	static const char *const modes[] = {"cold", "warm", "graph"};
	int count = b->job->harness ? 0 : b->job->is_cuda ? 3 : 2;

	b->pair = 1;
	for (int i = 0; i < count; i++) {
		int failed;

		if (strcmp(modes[i], b->job->mode) == 0 ||
		    (clock_seconds() - b->start > b->job->budget_s &&
		     !is_better(b)))
			continue;
		failed = measure_pair(b, modes[i], f);
		if (failed)
			return failed;
	}
	return 0;
}

static int start_triple(struct bench *b, struct fault *f)
{
	int order[SIDE_COUNT];

	judged_order(&b->judged, order, SIDE_COUNT);
	for (int i = 0; i < SIDE_COUNT; i++) {
		enum side side = (enum side)order[i];

		b->runner[side] = runner_start(b->session, side, 0, f);
		if (!b->runner[side])
			return -1;
	}
	return 0;
}

static void stop_triple(struct bench *b)
{
	for (int side = 0; side < SIDE_COUNT; side++)
		runner_end(b->runner[side]);
	for (int side = 0; side < SIDE_COUNT; side++) {
		runner_stop(b->runner[side]);
		b->runner[side] = NULL;
	}
}

/* Between processes, while this one is there: is enough clear already? */
static int look(struct bench *b, struct fault *f)
{
	struct comparison c;

	b->looks++;
	if (comparison_make("early look", &b->samples, &b->job->settings, &c,
	                    f))
		return -1;
	if (comparison_is_settled(&c))
		b->stopped = decision_name(c.decision);
	comparison_free(&c);
	return 0;
}

static int measure_pairs(struct bench *b, struct fault *f)
{
	int failed = 0;

	b->pair = 1;
	for (; !failed && b->pair <= b->slots.pairs; b->pair++)
		failed = measure_pair(b, b->job->mode, f);
	return failed ? failed : bench_time_batches(b, f);
}

/* The device is for us alone; waiting for that is no part of the budget. */
static int wait_for_device(struct bench *b, struct fault *f)
{
	double before = clock_seconds();

	if (session_wait(b->session, f))
		return -1;
	b->start += clock_seconds() - before;
	return 0;
}

/* A triple's life. What it costs but for its pairs tells how many more there
 * can be. */
static int measure_process(struct bench *b, struct fault *f)
{
	double start = clock_seconds(), warm, end;
	int failed = start_triple(b, f) ? -1 : warm_up(b, f), is_last = 0;

	warm = clock_seconds();
	if (b->process == 1)
		slots_ran(&b->slots, warm - start);
	if (!failed) {
		slots_plan(&b->slots, b->process - 1,
		           b->start + b->job->budget_s - warm);
		failed = measure_pairs(b, f);
		is_last = b->process == b->slots.processes;
	}
	if (!failed && !is_last && comparison_is_look(b->process))
		failed = look(b, f);
	if (!failed && (is_last || (b->stopped && b->process >= 8)))
		failed = measure_other_modes(b, f);
	end = clock_seconds();
	stop_triple(b);
	slots_ran(&b->slots, clock_seconds() - end + warm - start);
	return failed;
}

static int measure_all(struct bench *b, struct fault *f)
{
	int failed = 0;

	b->process = 0;
	while (!failed && !b->stopped && b->process < b->slots.processes) {
		b->process++;
		failed = wait_for_device(b, f) ? -1 : measure_process(b, f);
	}
	progress_clear();
	if (!failed && is_better(b))
		failed = bench_trials(b, f);
	if (failed == CANDIDATE_FAILED)
		b->stopped = "failed";
	return failed;
}

int judge_bench(const struct job *job, struct session *s, struct fault *f)
{
	struct bench b = {.job = job, .session = s, .start = job->start};
	time_t seconds = time(NULL);
	struct tm tm;
	int answer;

	strftime(b.started_at, sizeof b.started_at, "%Y-%m-%dT%H:%M:%SZ",
	         gmtime_r(&seconds, &tm));
	judged_start(&b.judged, job);
	slots_init(&b.slots, job);
	bench_add_anchor(&b);
	fprintf(stderr,
	        "bench: %d to %d processes, %zu workloads: at most %.0f s\n",
	        job->processes, job->max_processes, job->workloads.count,
	        job->budget_s);
	answer = measure_all(&b, f);
	if (answer >= 0 && bench_write(&b, f))
		answer = -1;
	samples_free(&b.samples);
	slots_free(&b.slots);
	return answer;
}
