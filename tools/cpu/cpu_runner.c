/* cpu_runner - a worker that calls one kernel, and what is in its memory */
#include "cpu_runner.h"
#include "cold.h"
#include "job_rule.h"
#include "job_view.h"
#include "memory.h"
#include "sanitizer.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#define START_S 30.0   /* for a worker to load its kernel */
#define PYTHON_S 120.0 /* for one to load PyTorch */

void copy_printable(char *to, size_t len, const char *from, size_t max)
{
	size_t i;

	for (i = 0; i < max && i + 1 < len && from[i]; i++)
		to[i] = from[i] < ' ' || from[i] > '~' ? '?' : from[i];
	to[i] = '\0';
}

static void spend(struct cpu_runner *r, const char *reason, const char *what)
{
	r->reason = reason;
	snprintf(r->detail, sizeof r->detail, "%s", what);
}

/* Did a sanitizer end it? Takes what it printed. */
static int spend_by_finding(struct cpu_runner *r)
{
	char *output = xcalloc(SANDBOX_LOG + 1, 1), text[200];
	ssize_t n = read(r->worker.jail.log, output, SANDBOX_LOG);
	const char *reason =
	        n > 0 ? sanitizer_reason(output, text, sizeof text) : NULL;

	if (reason) {
		r->reason = reason;
		copy_printable(r->detail, sizeof r->detail, text, sizeof text);
	}
	free(output);
	return reason != NULL;
}

/* Sets the reason of a command that did not end well. */
static void spend_by_end(struct cpu_runner *r, enum worker_end end)
{
	char how[64], words[100], text[200];

	switch (end) {
	case WORKER_DIED:
		if (r->calls->job->sanitize && spend_by_finding(r))
			break;
		sandbox_ending(&r->worker.jail, how, sizeof how);
		sandbox_last_words(&r->worker.jail, words, sizeof words);
		snprintf(text, sizeof text, "%s%s%s", how, *words ? ": " : "",
		         words);
		spend(r, REASON_DIED, text);
		break;
	case WORKER_LATE:
		snprintf(text, sizeof text, "no answer in %g s", r->timeout_s);
		spend(r, REASON_TIMEOUT, text);
		break;
	case WORKER_AWAKE:
		spend(r, REASON_UNSUPPORTED, "wakes up while it is stopped");
		break;
	case WORKER_CROWDED:
		snprintf(text, sizeof text, "starts more than %d threads",
		         WORKER_THREADS);
		spend(r, REASON_UNSUPPORTED, text);
		break;
	case WORKER_DONE:
		break;
	}
}

static void drop(struct cpu_runner *r)
{
	free(r->counted);
	free(r->views);
	free(r);
}

struct cpu_runner *cpu_runner_start(const struct cpu_calls *calls,
                                    const char *kernel, const char *python,
                                    int writable, int threads, struct fault *f)
{
	struct cpu_runner *r = xcalloc(1, sizeof *r);
	char *path = job_file(calls->job, kernel);
	struct worker_needs needs = {.kernel = path,
	                             .python = python,
	                             .input_bytes = calls->input_bytes,
	                             .output_bytes = calls->output_bytes +
	                                             calls->view_bytes,
	                             .writable = writable,
	                             .threads = threads};
	int failed = (calls->job->sanitize && !python &&
	              sanitizer_library(path, needs.sanitizer,
	                                sizeof needs.sanitizer, f)) ||
	             worker_start(&r->worker, &needs, f);

	r->calls = calls;
	r->views = xcalloc(calls->view_bytes + 1, 1);
	r->counted =
	        xcalloc(calls->job->workloads.count * (size_t)calls->job->sets,
	                sizeof *r->counted);
	free(path);
	if (!failed && getrandom(&r->poison, sizeof r->poison, 0) < 0) {
		failed = fault_errno(f, "getrandom");
		worker_stop(&r->worker);
	}
	if (failed) {
		drop(r);
		return NULL;
	}
	r->writable = writable;
	r->timeout_s = python ? PYTHON_S : START_S;
	spend_by_end(r, worker_finish(&r->worker, r->timeout_s));
	if (!r->reason && r->worker.doorbell->failed) {
		r->reason = REASON_UNSUPPORTED;
		copy_printable(r->detail, sizeof r->detail,
		               r->worker.doorbell->message, DOORBELL_MESSAGE);
	}
	r->timeout_s = calls->job->timeout_s;
	return r;
}

void cpu_runner_stop(struct cpu_runner *r)
{
	worker_stop(&r->worker);
	drop(r);
}

/* The memory that is there for the outputs of larger workloads. */
static char *spare(const struct cpu_runner *r, const struct cpu_workload *w,
                   size_t *bytes)
{
	*bytes = r->calls->output_bytes - w->output_bytes;
	return r->worker.outputs.map + w->output_bytes;
}

static int spare_is_untouched(const struct cpu_runner *r,
                              const struct cpu_workload *w)
{
	size_t bytes;
	const char *p = spare(r, w, &bytes);

	return bytes == 0 ||
	       (*p == (char)r->poison && memcmp(p, p + 1, bytes - 1) == 0);
}

/* The worker stands still meanwhile, and runs again by the clock. */
void cpu_runner_show(struct cpu_runner *r, size_t workload, int set)
{
	const struct cpu_workload *w = &r->calls->workload[workload];
	const struct cpu_call *call = cpu_call(r->calls, workload, set);
	const struct cpu_calls *c = r->calls;
	size_t count = r->calls->job->definition->noutputs;

	if (r->shown != call || r->shown_drawn != call->drawn) {
		memcpy(r->worker.doorbell->arg, call->arg,
		       c->nargs * sizeof *call->arg);
		memcpy(r->worker.inputs.map, call->inputs, w->input_bytes);
	}
	r->shown = call;
	r->shown_drawn = call->drawn;
	r->poison++;
	for (size_t i = 0; i < count; i++)
		poison_fill(r->worker.outputs.map + w->output[i].slot,
		            w->output[i].bytes, r->poison);
	if (r->writable) {
		size_t bytes;
		char *p = spare(r, w, &bytes);

		memset(p, (char)r->poison, bytes);
	}
}

void cpu_runner_ring(struct cpu_runner *r, enum doorbell_op op, uint32_t nargs,
                     int64_t *ns)
{
	struct worker *worker = &r->worker;

	worker->doorbell->nargs = nargs;
	worker->doorbell->message[0] = '\0';
	spend_by_end(r, worker_command(worker, op, r->timeout_s, ns));
	if (!r->reason && worker->doorbell->failed) {
		r->reason = REASON_LAUNCH_ERROR;
		copy_printable(r->detail, sizeof r->detail,
		               worker->doorbell->message, DOORBELL_MESSAGE);
	}
}

void cpu_runner_call(struct cpu_runner *r, size_t workload, int set,
                     int is_cold, int64_t *ns)
{
	const struct cpu_workload *w = &r->calls->workload[workload];
	struct worker *worker = &r->worker;

	*ns = 0;
	if (r->reason)
		return;
	cpu_runner_show(r, workload, set);
	if (is_cold) {
		cold_flush(worker->inputs.map, w->input_bytes);
		cold_flush(worker->outputs.map, w->output_bytes);
	}
	/* Planted values are never timed. */
	worker->is_watched = r->calls->job->plant[set] != PLANT_NONE;
	cpu_runner_ring(r, DOORBELL_RUN, r->calls->nargs, ns);
}

/* Compares an output, or its view, with what is expected. */
static void check_one(const struct cpu_runner *r, size_t output,
                      const struct cpu_output *o, const struct cpu_call *call,
                      const struct check_rule *rule, struct check *c)
{
	size_t at = o->slot + RED_ZONE;
	const char *out = r->worker.outputs.map + at;

	if (!job_is_viewed(r->calls->job, output)) {
		check_output(o->dtype, out, call->expected + at, o->elements,
		             r->poison, rule, c);
		return;
	}
	check_view(job_compared(r->calls->job, output), r->views + o->view,
	           call->views + o->view, o->elements, rule, c);
	c->red_zone = check_red_zone(out, o->bytes, r->poison);
	job_view_check(r->calls->job, output, c);
}

/* An input of a call, or NULL where there is none. */
static const void *input_of(const struct cpu_call *call, int input)
{
	return input < 0 ? NULL : call->inputs + call->arg[input].offset;
}

/* What was drawn. */
static const char *check_draws(struct cpu_runner *r, size_t workload, int set,
                               struct check *worst)
{
	const struct job *job = r->calls->job;
	const struct sampling *s = &job->sampling;
	const struct cpu_output *o = &r->calls->workload[workload].output[0];
	const struct cpu_call *call = cpu_call(r->calls, workload, set);
	const char *out = r->worker.outputs.map + o->slot + RED_ZONE;
	uint64_t *counted =
	        &r->counted[workload * (size_t)job->sets + (size_t)set];
	const struct sampling_call c = {
	        .probs = input_of(call, s->probs),
	        .top_k = input_of(call, s->top_k),
	        .top_p = input_of(call, s->top_p),
	        .rows = call->arg[s->probs].shape[0],
	        .n = call->arg[s->probs].shape[1],
	        .drawn = out,
	        .is_64 = o->dtype == DTYPE_INT64,
	        .seed = random_seed(job->seed, UINT64_MAX, r->poison),
	        .is_new = sampling_is_new(counted, call->drawn)};

	worst->elements += o->elements;
	if (check_red_zone(out, o->bytes, r->poison)) {
		snprintf(r->detail, sizeof r->detail,
		         "bytes around the output changed");
		return REASON_RED_ZONE;
	}
	return sampling_check(&c, &r->tally[workload], r->detail,
	                      sizeof r->detail)
	               ? REASON_WRONG
	               : NULL;
}

static const char *check_outputs(struct cpu_runner *r, size_t workload, int set,
                                 struct check *worst)
{
	const struct cpu_workload *w = &r->calls->workload[workload];
	const struct cpu_call *call = cpu_call(r->calls, workload, set);
	const struct job *job = r->calls->job;
	const char *reason = NULL;

	for (size_t i = 0; i < job->definition->noutputs && !reason; i++) {
		const struct cpu_output *o = &w->output[i];
		struct check_rule rule =
		        job_rule(job, set, job_compared(job, i));
		struct check c;
		char detail[150];

		check_one(r, i, o, call, &rule, &c);
		check_merge(worst, &c);
		reason = check_reason(&c, &rule, detail, sizeof detail);
		if (reason)
			snprintf(r->detail, sizeof r->detail, "%.32s%s: %s",
			         job->definition->outputs[i].name,
			         job_is_viewed(job, i) ? " (its view)" : "",
			         detail);
	}
	return reason;
}

const char *cpu_runner_check(struct cpu_runner *r, size_t workload, int set,
                             struct check *worst)
{
	const struct cpu_workload *w = &r->calls->workload[workload];
	const struct cpu_call *call = cpu_call(r->calls, workload, set);
	const char *reason;

	if (r->reason)
		return r->reason;
	if (r->writable &&
	    memcmp(r->worker.inputs.map, call->inputs, w->input_bytes)) {
		r->shown = NULL;
		snprintf(r->detail, sizeof r->detail,
		         "an input was written to");
		return REASON_INPUT_MUTATED;
	}
	reason = r->calls->job->sampling.is
	                 ? check_draws(r, workload, set, worst)
	                 : check_outputs(r, workload, set, worst);
	if (!reason && r->writable && !spare_is_untouched(r, w)) {
		snprintf(r->detail, sizeof r->detail,
		         "bytes far behind the outputs changed");
		reason = REASON_RED_ZONE;
	}
	/* What was looked at must have been the same all the while. */
	spend_by_end(r, worker_still(&r->worker));
	return r->reason ? r->reason : reason;
}
