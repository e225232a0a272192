/* cpu_session - session.h for kernels on the CPU */
#include "cpu_name.h"
#include "cpu_reference.h"
#include "cpu_runner.h"
#include "memory.h"
#include "share.h"
#include "stats.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#define REFERENCE_SLOWER 10 /* times as long as a candidate may take */
#define ANCHOR_CALLS 100
#define PROCESS_BYTES ((uint64_t)64 << 20) /* a judge, two workers */

struct cpu_session {
	struct session base;
	const struct job *job;
	struct cpu_calls calls;
	struct cpu_runner *reference;
	int threads;
	int is_host; /* there is Python in what is timed */
	int64_t anchor_ns;
	struct sampling_tally *tally; /* [side][workload] */
};

static struct cpu_session *of_session(struct session *s)
{
	return (struct cpu_session *)(void *)s;
}

static struct cpu_runner *of_runner(struct runner *r)
{
	return (struct cpu_runner *)(void *)r;
}

/* Warm: the inputs are in the caches because the judge has just written them.
 */
static int cpu_measure(struct runner *base, size_t workload, const int *set,
                       int count, const char *mode, struct measurement *m,
                       struct fault *f)
{
	struct cpu_runner *r = of_runner(base);
	int is_cold = strcmp(mode, "warm") != 0;

	*m = (struct measurement){.check.first = -1};
	for (int i = 0; i < count && !m->reason; i++) {
		int64_t ns;

		cpu_runner_call(r, workload, set[i], is_cold, &ns);
		if (!r->reason &&
		    cpu_reference_evaluate(r->reference, workload, set[i],
		                           r->worker.outputs.map, r->views, f))
			return -1;
		m->reason = cpu_runner_check(r, workload, set[i], &m->check);
		m->wrong_call = m->reason ? i + 1 : 0;
		m->time_ns += ns;
	}
	m->draws = sampling_draws(&r->tally[workload]);
	m->wall_ns = m->time_ns;
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

/* Has the reference compute what a call is to give. What is drawn at random is
 * compared with nothing. */
static int fill_expected(struct cpu_session *s, size_t workload, int set,
                         struct fault *f)
{
	struct cpu_call *call = cpu_call(&s->calls, workload, set);
	struct cpu_runner *r = s->reference;
	int64_t ns;

	if (cpu_reference_inputs(r, workload, set, f))
		return -1;
	if (s->job->sampling.is)
		return 0;
	cpu_runner_call(r, workload, set, 0, &ns);
	memcpy(call->expected, r->worker.outputs.map,
	       s->calls.workload[workload].output_bytes);
	if (r->reason)
		return cpu_reference_fail(r, "the reference", f);
	return cpu_reference_evaluate(r, workload, set, call->expected,
	                              call->views, f);
}

static int cpu_refresh(struct session *base, size_t workload, int set,
                       struct fault *f)
{
	struct cpu_session *s = of_session(base);

	cpu_calls_draw(&s->calls, workload, set);
	return fill_expected(s, workload, set, f);
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

/* Of what is like the kernels. In Python it is the definition, of which no text
 * is run: a candidate's own process is no witness. */
static int find_anchor(struct cpu_session *s, struct fault *f)
{
	int failed = 0;
	struct cpu_runner *r = s->reference;

	if (s->is_host && !job_interpreter(s->job, "reference") &&
	    s->job->phase == PHASE_BENCH)
		r = cpu_runner_start(&s->calls, "definition.json",
		                     s->job->python, 0, s->threads, f);
	if (!r)
		return -1;
	if (r->reason)
		failed = fault_set(f, "%s: %s: %s", s->job->python, r->reason,
		                   r->detail);
	else
		s->anchor_ns = measure_anchor(r);
	if (r != s->reference)
		cpu_runner_stop(r);
	return failed;
}

static int start_reference(struct cpu_session *s, struct fault *f)
{
	struct cpu_runner *r = cpu_reference_start(&s->calls, s->threads, f);

	if (!r)
		return -1;
	s->reference = r;
	cpu_reference_name(r, s->base.reference, sizeof s->base.reference);
	r->timeout_s = s->job->timeout_s * REFERENCE_SLOWER;
	for (size_t w = 0; w < s->job->workloads.count; w++) {
		for (int set = 0; set < s->job->sets; set++) {
			if (fill_expected(s, w, set, f))
				return -1;
		}
	}
	return find_anchor(s, f);
}

/* The bytes that a verification has: values, and what two workers map. */
static uint64_t count_bytes(const struct cpu_session *s)
{
	const struct cpu_calls *c = &s->calls;
	uint64_t calls = 0;

	for (size_t w = 0; w < s->job->workloads.count; w++)
		calls += c->workload[w].input_bytes +
		         c->workload[w].output_bytes +
		         c->workload[w].view_bytes;
	return calls * (uint64_t)s->job->sets + PROCESS_BYTES +
	       2 * (c->input_bytes + c->output_bytes + c->view_bytes);
}

/* By the memory that is left, and by processors. */
static int count_fits(const struct cpu_session *s, int processors)
{
	uint64_t room = share_memory() / count_bytes(s);
	int most = processors / s->threads;

	return room + 1 < (uint64_t)most ? (int)room + 1 : most;
}

static void cpu_close(struct session *base)
{
	struct cpu_session *s = of_session(base);

	if (s->reference)
		cpu_runner_stop(s->reference);
	cpu_calls_free(&s->calls);
	free(s->tally);
	free(s);
}

static struct session *cpu_open(const struct job *job, struct fault *f)
{
	struct cpu_session *s = xcalloc(1, sizeof *s);
	int processors = share_processors();

	s->is_host = job_interpreter(job, "candidate") ||
	             job_interpreter(job, "incumbent");
	s->base = (struct session){.device = &cpu_device,
	                           .timing = s->is_host ? TIMING_HOST
	                                                : TIMING_CPU};
	s->job = job;
	s->tally = xcalloc(SIDE_COUNT * job->workloads.count, sizeof *s->tally);
	s->threads = job->threads > 0 && job->threads < processors
	                     ? job->threads
	                     : processors;
	cpu_name(&s->base, s->threads);
	if (cpu_calls_make(&s->calls, job, f) == 0 &&
	    start_reference(s, f) == 0) {
		s->base.fits = count_fits(s, processors);
		return &s->base;
	}
	cpu_close(&s->base);
	return NULL;
}

static struct runner *cpu_start(struct session *base, enum side side,
                                int writable, struct fault *f)
{
	struct cpu_session *s = of_session(base);
	const char *role = side == CANDIDATE ? "candidate" : "incumbent";
	const char *python = job_interpreter(s->job, role);
	char *name = xasprintf("%s.%s", role, python ? "json" : "so");
	struct cpu_runner *r = cpu_runner_start(&s->calls, name, python,
	                                        writable, s->threads, f);

	free(name);
	if (!r)
		return NULL;
	r->base.device = &cpu_device;
	r->reference = s->reference;
	r->tally = &s->tally[(size_t)side * s->job->workloads.count];
	return &r->base;
}

static void cpu_stop(struct runner *r)
{
	cpu_runner_stop(of_runner(r));
}

static int64_t cpu_anchor_ns(struct session *base)
{
	return of_session(base)->anchor_ns;
}

const struct device cpu_device = {
        .open = cpu_open,
        .close = cpu_close,
        .refresh = cpu_refresh,
        .start = cpu_start,
        .stop = cpu_stop,
        .measure = cpu_measure,
        .batch = cpu_batch,
        .anchor_ns = cpu_anchor_ns,
};
