/* cpu_reference - the worker that knows what is right */
#include "cpu_reference.h"
#include "job_view.h"
#include "verdict.h"

#include <stdio.h>
#include <string.h>

static int exports(const struct cpu_runner *r, enum doorbell_op op)
{
	return (r->worker.doorbell->exports >> op & 1) != 0;
}

/* Only what makes inputs may write to them. */
static struct cpu_runner *start_native(const struct cpu_calls *calls,
                                       int threads, struct fault *f)
{
	static const char name[] = "reference.so";
	struct cpu_runner *r =
	        cpu_runner_start(calls, name, NULL, 0, threads, f);

	if (r && exports(r, DOORBELL_INPUTS)) {
		cpu_runner_stop(r);
		r = cpu_runner_start(calls, name, NULL, 1, threads, f);
	}
	return r;
}

/* A stranger's text, whoever wrote the kernel. */
static struct cpu_runner *start_python(const struct cpu_calls *calls,
                                       int threads, struct fault *f)
{
	const char *python = job_interpreter(calls->job, "reference");
	struct cpu_runner *r = NULL;

	if (sandbox_admits_strangers(f) == 0)
		r = cpu_runner_start(calls, "reference.json", python, 0,
		                     threads, f);
	if (!r || !r->reason)
		return r;
	fault_set(f, "%s: no Python to compute with: %s: %s", python, r->reason,
	          r->detail);
	cpu_runner_stop(r);
	return NULL;
}

struct cpu_runner *cpu_reference_start(const struct cpu_calls *calls,
                                       int threads, struct fault *f)
{
	struct cpu_runner *r = job_interpreter(calls->job, "reference")
	                               ? start_python(calls, threads, f)
	                               : start_native(calls, threads, f);

	if (r && !r->reason &&
	    job_view_agrees(calls->job, exports(r, DOORBELL_EVALUATE), f)) {
		cpu_runner_stop(r);
		return NULL;
	}
	return r;
}

/* Python's words are from before it ran the definition's text. */
void cpu_reference_name(const struct cpu_runner *r, char *name, size_t len)
{
	if (job_interpreter(r->calls->job, "reference"))
		copy_printable(name, len, r->worker.doorbell->message,
		               DOORBELL_MESSAGE);
	else
		snprintf(name, len, "native");
}

/* Its own word is the same next time; that it died or came late may pass. */
int cpu_reference_fail(const struct cpu_runner *r, const char *what,
                       struct fault *f)
{
	int lasts = strcmp(r->reason, REASON_LAUNCH_ERROR) == 0 ||
	            strcmp(r->reason, REASON_UNSUPPORTED) == 0;

	return (lasts ? fault_set_lasting : fault_set)(f, "%s: %s: %s", what,
	                                               r->reason, r->detail);
}

/* Calls one of its functions. */
static int ring(struct cpu_runner *r, enum doorbell_op op, const char *name,
                uint32_t nargs, struct fault *f)
{
	int64_t ns;
	char what[64];

	cpu_runner_ring(r, op, nargs, &ns);
	if (!r->reason)
		return 0;
	snprintf(what, sizeof what, "the reference's %s", name);
	return cpu_reference_fail(r, what, f);
}

/* What a workload stores stays as it was. */
static void take_inputs(struct cpu_runner *r, size_t workload,
                        struct cpu_call *call)
{
	const struct job *job = r->calls->job;
	const struct definition *d = job->definition;
	const struct workload *w = &job->workloads.item[workload];

	for (size_t i = 0; i < d->ninputs; i++) {
		size_t at = call->arg[i].offset;

		if (!d->inputs[i].is_scalar && w->input[i].kind == INPUT_RANDOM)
			memcpy(call->inputs + at, r->worker.inputs.map + at,
			       workload_tensor_bytes(d, &d->inputs[i], w));
	}
}

int cpu_reference_inputs(struct cpu_runner *r, size_t workload, int set,
                         struct fault *f)
{
	uint32_t ninputs = (uint32_t)r->calls->job->definition->ninputs;

	if (r->reason || !exports(r, DOORBELL_INPUTS))
		return 0;
	cpu_runner_show(r, workload, set);
	r->shown = NULL;
	if (ring(r, DOORBELL_INPUTS, "inputs", ninputs, f))
		return -1;
	take_inputs(r, workload, cpu_call(r->calls, workload, set));
	return 0;
}

int cpu_reference_evaluate(struct cpu_runner *r, size_t workload, int set,
                           const char *outputs, char *views, struct fault *f)
{
	const struct cpu_calls *c = r->calls;
	const struct cpu_workload *w = &c->workload[workload];
	const struct cpu_call *call = cpu_call(c, workload, set);
	struct doorbell *d = r->worker.doorbell;

	if (!c->nviews)
		return 0;
	cpu_runner_show(r, workload, set);
	memcpy(r->worker.outputs.map, outputs, w->output_bytes);
	memcpy(d->arg + c->nargs, call->arg + c->nargs,
	       c->nviews * sizeof *call->arg);
	if (ring(r, DOORBELL_EVALUATE, "evaluate", c->nargs + c->nviews, f))
		return -1;
	memcpy(views, r->worker.outputs.map + w->output_bytes, w->view_bytes);
	return 0;
}
