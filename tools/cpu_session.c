/* cpu_session - session.h for kernels on the CPU */
#include "cold.h"
#include "cpu_calls.h"
#include "cpu_worker.h"
#include "device.h"
#include "file.h"
#include "memory.h"
#include "stats.h"
#include "verdict.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/utsname.h>

#define START_S 30.0        /* for a worker to load its kernel */
#define REFERENCE_SLOWER 10 /* times as long as a candidate may take */
#define ANCHOR_CALLS 100

struct cpu_session {
	struct session base;
	const struct job *job;
	struct cpu_calls calls;
	int threads;
	int64_t anchor_ns;
};

/* A worker and what is in its memory. */
struct cpu_runner {
	struct runner base;
	struct cpu_session *session;
	struct worker worker;
	int writable;
	double timeout_s;
	uint64_t poison;        /* of the last call; random, then counted */
	struct cpu_call *shown; /* whose inputs are there */
	struct cpu_call *taken; /* whose arguments the worker took */
	const char *reason;     /* why it is spent, or NULL */
	char detail[200];
};

static struct cpu_session *of_session(struct session *s)
{
	return (struct cpu_session *)(void *)s;
}

static struct cpu_runner *of_runner(struct runner *r)
{
	return (struct cpu_runner *)(void *)r;
}

/* Text from a worker, as printable ASCII. */
static void copy_message(char *to, size_t len, const char *from, size_t max)
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

/* Sets the reason of a command that did not end well. */
static void spend_by_end(struct cpu_runner *r, enum worker_end end)
{
	char how[64], words[100], text[200];

	switch (end) {
	case WORKER_DIED:
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
	case WORKER_FORKED:
		spend(r, REASON_UNSUPPORTED, "starts processes of its own");
		break;
	case WORKER_DONE:
		break;
	}
}

static struct cpu_runner *start_worker(struct cpu_session *s,
                                       const char *kernel, int writable,
                                       struct fault *f)
{
	struct cpu_runner *r = xcalloc(1, sizeof *r);
	char *path = job_file(s->job, kernel);
	const struct worker_needs needs = {.kernel = path,
	                                   .input_bytes = s->calls.input_bytes,
	                                   .output_bytes =
	                                           s->calls.output_bytes,
	                                   .writable = writable,
	                                   .threads = s->threads};
	int failed = worker_start(&r->worker, &needs, f);

	free(path);
	if (!failed && getrandom(&r->poison, sizeof r->poison, 0) < 0) {
		failed = fault_errno(f, "getrandom");
		worker_stop(&r->worker);
	}
	if (failed) {
		free(r);
		return NULL;
	}
	r->base.device = &cpu_device;
	r->session = s;
	r->writable = writable;
	r->timeout_s = START_S;
	spend_by_end(r, worker_finish(&r->worker, r->timeout_s));
	if (!r->reason && r->worker.doorbell->failed) {
		r->reason = REASON_UNSUPPORTED;
		copy_message(r->detail, sizeof r->detail,
		             r->worker.doorbell->message, DOORBELL_MESSAGE);
	}
	r->timeout_s = s->job->timeout_s;
	return r;
}

static void cpu_stop(struct runner *base)
{
	struct cpu_runner *r = of_runner(base);

	worker_stop(&r->worker);
	free(r);
}

/* Makes inputs, outputs and arguments what a call begins with. */
static void show(struct cpu_runner *r, const struct cpu_workload *w,
                 struct cpu_call *call)
{
	const struct cpu_calls *c = &r->session->calls;
	size_t count = r->session->job->definition->noutputs;
	int64_t ns;

	if (r->shown != call)
		memcpy(r->worker.inputs.map, call->inputs, w->input_bytes);
	r->shown = call;
	r->poison++;
	for (size_t i = 0; i < count; i++)
		poison_fill(r->worker.outputs.map + w->output[i].slot,
		            w->output[i].bytes, r->poison);
	if (r->taken == call)
		return;
	r->taken = call;
	r->worker.doorbell->nargs = c->nargs;
	memcpy(r->worker.doorbell->arg, call->arg,
	       c->nargs * sizeof *call->arg);
	spend_by_end(r, worker_command(&r->worker, DOORBELL_PREPARE,
	                               r->timeout_s, &ns));
}

/* One call of the kernel; the time is the judge's own. */
static void run(struct cpu_runner *r, const struct cpu_workload *w,
                struct cpu_call *call, int is_cold, int64_t *ns)
{
	struct worker *worker = &r->worker;

	*ns = 0;
	show(r, w, call);
	if (r->reason)
		return;
	if (is_cold) {
		cold_flush(worker->inputs.map, w->input_bytes);
		cold_flush(worker->outputs.map, w->output_bytes);
	}
	worker->doorbell->message[0] = '\0';
	spend_by_end(r, worker_command(worker, DOORBELL_RUN, r->timeout_s, ns));
	if (!r->reason && worker->doorbell->failed) {
		r->reason = REASON_LAUNCH_ERROR;
		copy_message(r->detail, sizeof r->detail,
		             worker->doorbell->message, DOORBELL_MESSAGE);
	}
}

/* Looks at everything that the call left. */
static void check(struct cpu_runner *r, const struct cpu_workload *w,
                  const struct cpu_call *call, struct check *worst)
{
	const struct job *job = r->session->job;

	if (r->writable &&
	    memcmp(r->worker.inputs.map, call->inputs, w->input_bytes))
		spend(r, REASON_INPUT_MUTATED, "an input was written to");
	for (size_t i = 0; i < job->definition->noutputs && !r->reason; i++) {
		const struct cpu_output *o = &w->output[i];
		size_t at = o->slot + RED_ZONE;
		struct check c;
		char detail[160];

		check_output(o->dtype, r->worker.outputs.map + at,
		             call->expected + at, o->elements, r->poison,
		             &job->rule, &c);
		check_merge(worst, &c);
		r->reason = check_reason(&c, &job->rule, detail, sizeof detail);
		if (r->reason)
			snprintf(r->detail, sizeof r->detail, "%.32s: %s",
			         job->definition->outputs[i].name, detail);
	}
}

static int cpu_measure(struct runner *base, size_t workload, const int *set,
                       int count, const char *mode, struct measurement *m,
                       struct fault *f)
{
	struct cpu_runner *r = of_runner(base);
	const struct cpu_calls *c = &r->session->calls;
	const struct cpu_workload *w = &c->workload[workload];
	int is_warm = strcmp(mode, "warm") == 0;

	(void)f;
	*m = (struct measurement){.check.first = -1};
	for (int i = 0; i < count * (1 + is_warm) && !r->reason; i++) {
		struct cpu_call *call =
		        cpu_call(c, workload, set[i / (1 + is_warm)]);
		int64_t ns;

		run(r, w, call, !is_warm, &ns);
		if (!r->reason)
			check(r, w, call, &m->check);
		if (!is_warm || i % 2)
			m->time_ns += ns;
	}
	m->wall_ns = m->time_ns;
	m->reason = r->reason;
	memcpy(m->detail, r->detail, sizeof m->detail);
	return 0;
}

static int cpu_batch(struct runner *r, size_t workload, int calls,
                     struct measurement *m, struct fault *f)
{
	(void)r;
	(void)workload;
	(void)calls;
	(void)f;
	*m = (struct measurement){.check.first = -1};
	return 1;
}

/* Has the reference compute what all calls are to give. */
static int fill_expected(struct cpu_runner *r, struct fault *f)
{
	const struct job *job = r->session->job;
	const struct cpu_calls *c = &r->session->calls;

	for (size_t k = 0; k < job->workloads.count && !r->reason; k++) {
		for (int set = 0; set < job->sets && !r->reason; set++) {
			const struct cpu_workload *w = &c->workload[k];
			struct cpu_call *call = cpu_call(c, k, set);
			int64_t ns;

			run(r, w, call, 0, &ns);
			memcpy(call->expected, r->worker.outputs.map,
			       w->output_bytes);
		}
	}
	if (r->reason)
		return fault_set(f, "the reference: %s: %s", r->reason,
		                 r->detail);
	return 0;
}

static int64_t measure_anchor(struct cpu_runner *r)
{
	double ns[ANCHOR_CALLS];

	for (int i = 0; i < ANCHOR_CALLS; i++) {
		int64_t once;

		worker_command(&r->worker, DOORBELL_EMPTY, r->timeout_s, &once);
		ns[i] = (double)once;
	}
	return (int64_t)median(ns, ANCHOR_CALLS);
}

static int use_reference(struct cpu_session *s, struct fault *f)
{
	struct cpu_runner *r = start_worker(s, "reference.so", 0, f);
	int failed;

	if (!r)
		return -1;
	r->timeout_s = s->job->timeout_s * REFERENCE_SLOWER;
	failed = fill_expected(r, f);
	if (!failed)
		s->anchor_ns = measure_anchor(r);
	cpu_stop(&r->base);
	return failed;
}

/* "Intel(R) Xeon(R) Processor, 2 threads", "Linux 6.1.0". */
static void name_device(struct cpu_session *s)
{
	char name[64] = "cpu", line[512];
	FILE *in = fopen("/proc/cpuinfo", "re");
	struct utsname u;

	while (in && fgets(line, sizeof line, in)) {
		if (sscanf(line, "model name : %63[^\n]", name) == 1)
			break;
	}
	if (in)
		fclose(in);
	copy_message(s->base.name, sizeof s->base.name, name, sizeof name);
	snprintf(line, sizeof line, "%s, %d thread%s", name, s->threads,
	         s->threads == 1 ? "" : "s");
	copy_message(s->base.name, sizeof s->base.name, line, sizeof line);
	if (uname(&u) == 0) {
		snprintf(line, sizeof line, "%s %s", u.sysname, u.release);
		copy_message(s->base.driver, sizeof s->base.driver, line,
		             sizeof line);
	}
}

static int count_threads(const struct job *job)
{
	cpu_set_t allowed;
	int count = 1;

	if (sched_getaffinity(0, sizeof allowed, &allowed) == 0)
		count = CPU_COUNT(&allowed);
	return job->threads > 0 && job->threads < count ? job->threads : count;
}

static void cpu_close(struct session *base)
{
	struct cpu_session *s = of_session(base);

	cpu_calls_free(&s->calls);
	free(s);
}

static struct session *cpu_open(const struct job *job, struct fault *f)
{
	struct cpu_session *s = xcalloc(1, sizeof *s);

	s->base = (struct session){.device = &cpu_device, .timing = "cpu"};
	s->job = job;
	s->threads = count_threads(job);
	name_device(s);
	if (cpu_calls_make(&s->calls, job, f) == 0 && use_reference(s, f) == 0)
		return &s->base;
	cpu_close(&s->base);
	return NULL;
}

static struct runner *cpu_start(struct session *base, enum side side,
                                int writable, struct fault *f)
{
	struct cpu_runner *r = start_worker(of_session(base),
	                                    side == CANDIDATE ? "candidate.so"
	                                                      : "incumbent.so",
	                                    writable, f);

	return r ? &r->base : NULL;
}

static int64_t cpu_anchor_ns(struct session *base)
{
	return of_session(base)->anchor_ns;
}

const struct device cpu_device = {
        .open = cpu_open,
        .close = cpu_close,
        .start = cpu_start,
        .stop = cpu_stop,
        .measure = cpu_measure,
        .batch = cpu_batch,
        .anchor_ns = cpu_anchor_ns,
};
