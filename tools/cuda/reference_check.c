/* reference_check - compares what another launcher's kernel wrote */
#include "reference_parts.h"

#include "job_rule.h"
#include "job_view.h"
#include "memory.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

/* Enqueues the comparison of output `arg` of a request's call i; of what is
 * drawn at random, a look at its red zones alone. */
static int compare(struct reference *r, const struct adopted *n,
                   const struct wire_request *q, uint32_t i, uint32_t arg,
                   cu_address result, struct fault *f)
{
	const struct layout_arg *a =
	        &layout_call(r->layout, q->workload, q->set[i])[arg];
	uint64_t at = a->slot - r->layout->arena[ARENA_OUTPUT], used;
	uint64_t theirs =
	        a->slot - layout_outputs(r->layout, q->workload, &used);
	uint32_t output = arg - (uint32_t)r->job->definition->ninputs;
	enum dtype t = job_compared(r->job, output);
	struct check_rule rule = job_rule(r->job, (int)q->set[i], t);
	struct gpu_output o = {.dtype = t,
	                       .elements =
	                               r->job->sampling.is ? 0 : a->elements,
	                       .bytes = a->bytes,
	                       .slot_bytes = a->slot_bytes,
	                       .slot = n->output + theirs,
	                       .compared = n->output + theirs + RED_ZONE,
	                       .expected = r->expected + at + RED_ZONE,
	                       .seed = q->seed + i,
	                       .stream = arg};

	if (job_is_viewed(r->job, output)) {
		o.compared = reference_view(r, q->workload, q->set[i], output,
		                            VIEW_THEIRS);
		o.expected = reference_view(r, q->workload, q->set[i], output,
		                            VIEW_EXPECTED);
	}
	return gpu_check(&r->gpu, &o, &rule, result, f);
}

/* Adds what was found of output `arg` of call i to the reply. */
static void judge(const struct reference *r, const struct wire_request *q,
                  uint32_t i, uint32_t arg, struct check *c,
                  struct wire_reply *reply)
{
	const struct definition *d = r->job->definition;
	const struct layout_arg *a =
	        &layout_call(r->layout, q->workload, q->set[i])[arg];
	uint32_t output = arg - (uint32_t)d->ninputs;
	struct check_rule rule =
	        job_rule(r->job, (int)q->set[i], job_compared(r->job, output));
	char detail[150];
	const char *reason;

	c->elements = (int64_t)a->elements;
	job_view_check(r->job, output, c);
	check_merge(&reply->check, c);
	reason = check_reason(c, &rule, detail, sizeof detail);
	if (!reason || *reply->reason)
		return;
	snprintf(reply->reason, sizeof reply->reason, "%s", reason);
	snprintf(reply->detail, sizeof reply->detail, "%.32s%s: %s",
	         d->outputs[output].name,
	         job_is_viewed(r->job, output) ? " (its view)" : "", detail);
	reply->wrong_call = i + 1;
}

int reference_check_outputs(struct reference *r, const struct adopted *n,
                            const struct wire_request *q,
                            struct wire_reply *reply, struct fault *f)
{
	uint32_t outputs = (uint32_t)r->job->definition->noutputs;
	uint32_t first = (uint32_t)r->job->definition->ninputs;
	uint32_t count = q->count * outputs;
	struct check *all = xcalloc(count, sizeof *all);
	int status = gpu_check_begin(&r->gpu, r->result, count, f);

	for (uint32_t k = 0; !status && k < count; k++) {
		uint32_t i = k / outputs;

		if (k % outputs == 0)
			status = reference_evaluate(r, n, q->workload,
			                            q->set[i], f);
		if (!status)
			status = compare(r, n, q, i, first + k % outputs,
			                 r->result + k * sizeof *all, f);
	}
	if (!status)
		status = gpu_wait(&r->gpu, f) ||
		         CU(cuMemcpyDtoH(all, r->result, count * sizeof *all),
		            f);
	for (uint32_t k = 0; !status && k < count; k++)
		judge(r, q, k / outputs, first + k % outputs, &all[k], reply);
	free(all);
	if (!status && r->job->sampling.is)
		status = reference_check_draws(r, n, q, reply, f);
	return status ? -1 : 0;
}
