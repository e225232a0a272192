/* record_traces - trace.jsonl: what FlashInfer-Bench would have said */
#include "memory.h"
#include "record.h"
#include "trace.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 4000

static double number(const json *object, const char *key)
{
	double x = NAN;

	json_number(json_get(object, key), &x);
	return x;
}

/* The words of FlashInfer-Bench for ours. */
static const char *status_of(const char *reason)
{
	static const char *const word[][2] = {
	        {"ok", "PASSED"},
	        {REASON_BUILD, "COMPILE_ERROR"},
	        {REASON_TIMEOUT, "TIMEOUT"},
	        {REASON_UNWRITTEN, "INCORRECT_NUMERICAL"},
	        {REASON_WRONG, "INCORRECT_NUMERICAL"},
	        {REASON_PRECISION, "INCORRECT_NUMERICAL"},
	        {REASON_NONFINITE, "INCORRECT_NUMERICAL"},
	        {REASON_FLAKY, "INCORRECT_NUMERICAL"},
	};

	for (size_t i = 0; i < sizeof word / sizeof *word; i++)
		if (strcmp(word[i][0], reason) == 0)
			return word[i][1];
	return "RUNTIME_ERROR";
}

static void fill_common(const struct record *r, struct trace *t, char *solution,
                        size_t len)
{
	const char *compiler = json_string(json_get(r->build, "compiler"));
	const char *at =
	        json_string(json_get(r->verdict.document, "judged_at"));

	snprintf(solution, len, "%s_%s_%s", r->base.kernel, r->base.device,
	         r->base.experiment);
	t->definition = r->definition->name;
	t->solution = solution;
	t->hardware = r->verdict.device_name;
	t->timestamp = at ? at : r->base.created_at;
	t->libs[0][0] = "ratchet";
	t->libs[0][1] = JUDGE_VERSION;
	t->libs[1][0] = compiler ? "compiler" : NULL;
	t->libs[1][1] = compiler;
}

/* A workload that was right but never timed has no status there: no line. */
static int fill_workload(const struct record *r, const struct workload *w,
                         struct trace *t)
{
	const json *check = record_check(r, w->uuid);
	const json *timing = record_timing(r, w->uuid);
	const char *status = json_string(json_get(check, "status"));
	const char *timed = json_string(json_get(timing, "status"));
	const char *detail = json_string(json_get(check, "detail"));

	if (strcmp(r->verdict.reason, REASON_BUILD) == 0) {
		status = REASON_BUILD;
		detail = r->log;
	} else if (timed && status && strcmp(status, "ok") == 0) {
		status = timed;
	}
	if (!status)
		return -1;
	t->workload = json_get(w->document, "workload");
	t->status = status_of(status);
	t->log = detail ? detail : status;
	t->max_absolute_error = number(check, "max_absolute_error");
	t->max_relative_error = number(check, "max_relative_error");
	t->latency_ms = number(timing, "candidate_us") / 1000;
	t->reference_latency_ms = number(timing, "incumbent_us") / 1000;
	t->speedup_factor = number(timing, "speedup");
	if (strcmp(status, "ok") != 0)
		return 0;
	t->log = "reference_latency_ms is the incumbent's";
	return isnan(t->latency_ms) || isnan(t->reference_latency_ms) ||
	                       isnan(t->speedup_factor)
	               ? -1
	               : 0;
}

static int is_untouched(const struct verdict *v)
{
	return strcmp(v->reason, REASON_DUPLICATE) == 0 ||
	       (strcmp(v->outcome, OUTCOME_EQUIVALENT) == 0 &&
	        isnan(v->speedup));
}

char *record_traces(const struct record *r)
{
	char solution[256], *log = xcalloc(LOG_BYTES + 1, 1), *lines;
	size_t len;
	FILE *p = xmemstream(&lines, &len);

	for (size_t i = 0; i < r->workloads.count; i++) {
		struct trace t = {0};
		json *d;
		char *text;

		if (r->verdict.trust || is_untouched(&r->verdict) ||
		    fill_workload(r, &r->workloads.item[i], &t))
			continue;
		fill_common(r, &t, solution, sizeof solution);
		strncpy(log, t.log, LOG_BYTES);
		t.log = log;
		d = trace_document(&t);
		text = json_text(d, 0);
		fprintf(p, "%s\n", text);
		free(text);
		json_free(d);
	}
	fclose(p);
	free(log);
	return lines;
}
