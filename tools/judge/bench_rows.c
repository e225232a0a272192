/* bench_rows - the state of a bench judgement, and the rows it writes */
#include "bench_rows.h"
#include "clock.h"
#include "memory.h"
#include "progress.h"
#include "project.h"
#include "sandbox.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void bench_add_row(struct bench *b, const struct slot *s,
                   const struct measurement *m)
{
	struct sample row = {.process = b->process,
	                     .pair = b->pair,
	                     .side = s->side,
	                     .set = s->set,
	                     .calls = s->calls,
	                     .time_ns = m->time_ns > 0 ? m->time_ns : 1,
	                     .wall_ns = m->wall_ns > 0 ? m->wall_ns : 1,
	                     .sm_mhz = m->sm_mhz,
	                     .throttled = m->throttled};

	snprintf(row.phase, sizeof row.phase, "%s", s->phase);
	snprintf(row.mode, sizeof row.mode, "%s", s->mode);
	snprintf(row.workload, sizeof row.workload, "%.63s",
	         s->side == SIDE_COUNT
	                 ? "-"
	                 : b->job->workloads.item[s->workload].uuid);
	snprintf(row.status, sizeof row.status, "%s",
	         m->reason ? m->reason : "ok");
	samples_add(&b->samples, &row);
	if (s->side == CANDIDATE && !m->reason && strcmp(s->phase, "wall"))
		b->checked += s->calls;
}

void bench_add_anchor(struct bench *b)
{
	const struct slot s = {"anchor", "-", SIDE_COUNT, 0, -1, 1};
	int64_t ns = session_anchor_ns(b->session);
	const struct measurement m = {.time_ns = ns, .wall_ns = ns};

	bench_add_row(b, &s, &m);
}

int bench_fail(struct bench *b, const struct slot *s,
               const struct measurement *m, struct fault *f)
{
	const char *uuid = b->job->workloads.item[s->workload].uuid;
	char *detail;

	if (s->side != CANDIDATE)
		return fault_set(
		        f, "what it is measured against: %s: %s (workload %s)",
		        m->reason, m->detail, uuid);
	bench_add_row(b, s, m);
	detail = xasprintf("workload %s: %s", uuid, m->detail);
	samples_note(&b->samples, "detail", detail);
	progress_clear();
	fprintf(stderr, "bench: candidate: %s: %s (workload %s)\n", m->reason,
	        m->detail, uuid);
	free(detail);
	return CANDIDATE_FAILED;
}

static void note_number(struct bench *b, const char *key, double value)
{
	char text[64];

	snprintf(text, sizeof text, "%.6g", value);
	samples_note(&b->samples, key, text);
}

static void add_notes(struct bench *b)
{
	struct samples *s = &b->samples;
	char seed[24];

	snprintf(seed, sizeof seed, "0x%016llx",
	         (unsigned long long)b->job->seed);
	samples_note(s, "seed", seed);
	samples_note(s, "nonce", b->job->nonce);
	samples_note(s, "judge_version", JUDGE_VERSION);
	samples_note(s, "device_name", session_device_name(b->session));
	samples_note(s, "driver", session_driver(b->session));
	samples_note(s, "node", session_node());
	samples_note(s, "sandbox", sandbox_level());
	samples_note(s, "timing", session_timing(b->session));
	samples_note(s, "mode", b->job->mode);
	if (b->job->harness) {
		const struct settings *rules = &b->job->settings;

		samples_note(s, "trust", TRUST_USER);
		samples_note(s, "harness", b->job->harness);
		samples_note(s, "unit", settings_string(rules, "unit", "-"));
		samples_note(s, "direction",
		             settings_string(rules, "direction", "lower"));
	}
	note_number(b, "processes", b->process);
	note_number(b, "pairs", b->slots.pairs);
	note_number(b, "looks", b->looks);
	samples_note(s, "stopped", b->stopped ? b->stopped : "-");
	note_number(b, "wall_s", clock_seconds() - b->start);
	samples_note(s, "started_at", b->started_at);
}

int bench_write(struct bench *b, struct fault *f)
{
	char *path = job_file(b->job, "bench.tsv");
	int failed;

	add_notes(b);
	failed = samples_write(path, &b->samples);

	if (failed)
		fault_errno(f, "%s", path);
	free(path);
	return failed;
}
