/* judge_bench - the candidate's times beside the incumbent's
 *
 * Each process is a triple: the candidate, the incumbent and the incumbent
 * again, which shows what no difference looks like. A slot is some calls of
 * one of them on one workload; a pair is a slot of each, in random order.
 */
#include "comparison.h"
#include "file.h"
#include "judge.h"
#include "judged.h"
#include "memory.h"
#include "progress.h"
#include "sandbox.h"
#include "slots.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

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
	const char *stopped; /* why before the last process, or NULL */
	double start;
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void add_row(struct bench *b, const char *phase, enum side side,
                    const char *mode, const char *workload, int set, int calls,
                    const struct measurement *m)
{
	struct sample row = {.process = b->process,
	                     .pair = b->pair,
	                     .side = side,
	                     .set = set,
	                     .calls = calls,
	                     .time_ns = m->time_ns > 0 ? m->time_ns : 1,
	                     .wall_ns = m->wall_ns > 0 ? m->wall_ns : 1,
	                     .sm_mhz = m->sm_mhz,
	                     .throttled = m->throttled};

	snprintf(row.phase, sizeof row.phase, "%s", phase);
	snprintf(row.mode, sizeof row.mode, "%s", mode);
	snprintf(row.workload, sizeof row.workload, "%.63s", workload);
	snprintf(row.status, sizeof row.status, "%s",
	         m->reason ? m->reason : "ok");
	samples_add(&b->samples, &row);
}

/* What a failure means: of the candidate, an answer (with its row); of the
 * incumbent, trouble. */
static int fail(struct bench *b, const char *phase, enum side side,
                const char *mode, size_t workload, int set, int calls,
                const struct measurement *m, struct fault *f)
{
	const char *uuid = b->job->workloads.item[workload].uuid;

	if (side != CANDIDATE)
		return fault_set(f, "the incumbent: %s: %s (workload %s)",
		                 m->reason, m->detail, uuid);
	add_row(b, phase, side, mode, uuid, set, calls, m);
	progress_clear();
	fprintf(stderr, "candidate: %s: %s (workload %s)\n", m->reason,
	        m->detail, uuid);
	return CANDIDATE_FAILED;
}

/* A slot. The sets come in random order, each as often as the others. */
static int measure(struct bench *b, enum side side, const char *mode,
                   size_t workload, int calls, int is_kept, struct fault *f)
{
	const char *uuid = b->job->workloads.item[workload].uuid;
	struct measurement m;
	int set[MAX_CALLS];
	double before = now();

	for (int at = 0; at < calls; at += b->job->sets) {
		int order[JOB_SETS_MAX];

		judged_order(&b->judged, order, b->job->sets);
		for (int i = 0; i < b->job->sets && at + i < calls; i++)
			set[at + i] = order[i];
	}
	if (judged_measure(&b->judged, b->runner[side], side, workload, set,
	                   calls, mode, &m, f))
		return -1;
	if (m.reason)
		return fail(b, "bench", side, mode, workload, set[0], calls, &m,
		            f);
	if (is_kept)
		add_row(b, "bench", side, mode, uuid, set[0], calls, &m);
	else
		slots_saw(&b->slots, workload, now() - before, m.time_ns);
	return 0;
}

static void say(const struct bench *b, size_t workload)
{
	double left = b->start + b->job->budget_s - now();

	progress("bench: process %d/%d, pair %d/%d, workload %zu/%zu, at most "
	         "%.0f s left",
	         b->process, b->job->processes, b->pair, b->slots.pairs,
	         workload + 1, b->job->workloads.count, left > 0 ? left : 0);
}

static int measure_pair(struct bench *b, const char *mode, struct fault *f)
{
	int count = (int)b->job->workloads.count, failed = 0;
	int *order = xcalloc((size_t)count, sizeof *order);

	judged_order(&b->judged, order, count);
	for (int i = 0; i < count && !failed; i++) {
		size_t w = (size_t)order[i];
		int side[SIDE_COUNT];

		say(b, (size_t)i);
		judged_order(&b->judged, side, SIDE_COUNT);
		for (int k = 0; k < SIDE_COUNT && !failed; k++)
			failed = measure(b, (enum side)side[k], mode, w,
			                 b->slots.calls[w], 1, f);
	}
	free(order);
	return failed;
}

/* First calls are never like later ones; in the first process they also say
 * how long a slot may be. */
static int warm_up(struct bench *b, struct fault *f)
{
	int times = b->process == 1 ? 2 : 1;

	for (size_t w = 0; w < b->job->workloads.count; w++) {
		say(b, w);
		for (int k = 0; k < SIDE_COUNT * times; k++) {
			int failed = measure(b, (enum side)(k % SIDE_COUNT),
			                     b->job->mode, w, 1, 0, f);

			if (failed)
				return failed;
		}
	}
	return 0;
}

/* K and 2 K calls back to back: the judge's clock against the device's. */
static int check_clock(struct bench *b, enum side side, size_t workload,
                       struct fault *f)
{
	const char *uuid = b->job->workloads.item[workload].uuid;
	int order[32], calls;
	struct measurement m[2];
	double slope, events;

	judged_order(&b->judged, order, 32);
	calls = 32 + order[0];
	for (int i = 0; i < 2; i++) {
		int done = runner_batch(b->runner[side], workload,
		                        calls * (i + 1), &m[i], f);

		if (done)
			return done < 0 ? -1 : 0;
		if (!m[i].reason && m[i].time_ns > m[i].wall_ns)
			m[i].reason = REASON_CLOCK_MISMATCH;
		if (m[i].reason)
			return fail(b, "wall", side, "graph", workload, 0,
			            calls * (i + 1), &m[i], f);
	}
	slope = (double)(m[1].wall_ns - m[0].wall_ns) / calls;
	events = (double)(m[1].time_ns - m[0].time_ns) / calls;
	if (slope - events > 0.1 * slope + 2000 ||
	    events - slope > 0.1 * slope + 2000) {
		m[1].reason = REASON_CLOCK_MISMATCH;
		snprintf(m[1].detail, sizeof m[1].detail,
		         "%.0f ns a call by events, %.0f ns by the clock",
		         events, slope);
		return fail(b, "wall", side, "graph", workload, 0, calls * 2,
		            &m[1], f);
	}
	for (int i = 0; i < 2; i++)
		add_row(b, "wall", side, "graph", uuid, 0, calls * (i + 1),
		        &m[i]);
	return 0;
}

static int check_clocks(struct bench *b, struct fault *f)
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

/* One pair each of the modes that decide nothing, in the last process. */
static int measure_other_modes(struct bench *b, struct fault *f)
{
	static const char *const modes[] = {"cold", "warm", "graph"};
	int count = b->job->is_cuda ? 3 : 2;

	b->pair = 1;
	for (int i = 0; i < count; i++) {
		int failed;

		if (strcmp(modes[i], b->job->mode) == 0 ||
		    now() - b->start > b->job->budget_s)
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
	for (int side = 0; side < SIDE_COUNT; side++) {
		runner_stop(b->runner[side]);
		b->runner[side] = NULL;
	}
}

static int measure_process(struct bench *b, struct fault *f)
{
	double before = now();
	int failed, is_last = b->process == b->job->processes;

	b->pair = 1;
	if (start_triple(b, f))
		return -1;
	slots_started(&b->slots, now() - before);
	failed = warm_up(b, f);
	if (!failed)
		slots_plan(&b->slots, b->job->processes - b->process + 1,
		           b->start + b->job->budget_s - now());
	for (; !failed && b->pair <= b->slots.pairs; b->pair++)
		failed = measure_pair(b, b->job->mode, f);
	if (!failed && b->process == 1)
		failed = check_clocks(b, f);
	if (!failed && is_last)
		failed = measure_other_modes(b, f);
	return failed;
}

/* The early look, which can only find a clearly slower candidate. */
static int look(struct bench *b, struct fault *f)
{
	struct comparison c;

	b->looks++;
	if (comparison_make("early look", &b->samples, &b->job->settings, &c,
	                    f))
		return -1;
	if (comparison_is_slower_early(&c))
		b->stopped = "slower";
	comparison_free(&c);
	return 0;
}

static int measure_all(struct bench *b, struct fault *f)
{
	int failed = 0;

	for (b->process = 1; b->process <= b->job->processes; b->process++) {
		failed = measure_process(b, f);
		stop_triple(b);
		if (!failed && b->process == COMPARISON_LOOK &&
		    b->process < b->job->processes)
			failed = look(b, f);
		if (failed || b->stopped)
			break;
	}
	progress_clear();
	if (failed == CANDIDATE_FAILED)
		b->stopped = "failed";
	return failed;
}

static void add_anchor(struct bench *b)
{
	int64_t ns = session_anchor_ns(b->session);
	struct measurement m = {.time_ns = ns, .wall_ns = ns};

	add_row(b, "anchor", SIDE_COUNT, "-", "-", -1, 1, &m);
}

static void note_number(struct bench *b, const char *key, double value)
{
	char text[64];

	snprintf(text, sizeof text, "%.6g", value);
	samples_note(&b->samples, key, text);
}

static void add_notes(struct bench *b, const char *started_at)
{
	struct samples *s = &b->samples;
	char seed[24];

	snprintf(seed, sizeof seed, "0x%016llx",
	         (unsigned long long)b->job->seed);
	samples_note(s, "seed", seed);
	samples_note(s, "judge_version", JUDGE_VERSION);
	samples_note(s, "device_name", session_device_name(b->session));
	samples_note(s, "driver", session_driver(b->session));
	samples_note(s, "sandbox", sandbox_level());
	samples_note(s, "timing", session_timing(b->session));
	samples_note(s, "mode", b->job->mode);
	note_number(b, "processes", b->job->processes);
	note_number(b, "pairs", b->slots.pairs);
	note_number(b, "looks", b->looks);
	samples_note(s, "stopped", b->stopped ? b->stopped : "-");
	note_number(b, "wall_s", now() - b->start);
	samples_note(s, "started_at", started_at);
}

static int write_samples(struct bench *b, struct fault *f)
{
	char *path = job_file(b->job, "bench.tsv");
	int failed = samples_write(path, &b->samples);

	if (failed)
		fault_errno(f, "%s", path);
	free(path);
	return failed;
}

int judge_bench(const struct job *job, struct session *s, struct fault *f)
{
	struct bench b = {.job = job, .session = s, .start = now()};
	char started_at[32];
	time_t seconds = time(NULL);
	struct tm tm;
	int answer;

	strftime(started_at, sizeof started_at, "%Y-%m-%dT%H:%M:%SZ",
	         gmtime_r(&seconds, &tm));
	judged_start(&b.judged, job);
	slots_init(&b.slots, job);
	add_anchor(&b);
	answer = measure_all(&b, f);
	add_notes(&b, started_at);
	if (answer >= 0 && write_samples(&b, f))
		answer = -1;
	samples_free(&b.samples);
	slots_free(&b.slots);
	judged_free(&b.judged);
	return answer;
}
