/* reference_check - compares what another launcher's kernel wrote */
#include "reference_parts.h"

#include "memory.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

/* Compares every output of the request's calls. */
int reference_check_outputs(struct reference *r, const struct adopted *n,
                            const struct wire_request *q, struct check *worst,
                            struct fault *f)
{
	uint32_t outputs = (uint32_t)r->job->definition->noutputs;
	struct check *all = xcalloc(q->count * outputs, sizeof *all);
	uint32_t first = (uint32_t)r->job->definition->ninputs, k = 0;
	int status = gpu_check_begin(&r->gpu, r->result, q->count * outputs, f);

	for (uint32_t i = 0; !status && i < q->count; i++) {
		const struct layout_arg *a =
		        layout_call(r->layout, q->workload, q->set[i]);

		for (uint32_t j = first; !status && j < r->layout->args; j++) {
			uint64_t at =
			        a[j].slot - r->layout->arena[ARENA_OUTPUT];
			struct gpu_output o = {
			        a[j].dtype,     a[j].elements,
			        a[j].bytes,     a[j].slot_bytes,
			        n->output + at, r->expected + at + RED_ZONE,
			        q->seed + i,    j};

			status = gpu_check(&r->gpu, &o, &r->job->rule,
			                   r->result + k++ * sizeof *all, f);
		}
	}
	if (!status)
		status = gpu_wait(&r->gpu, f) ||
		                         CU(cuMemcpyDtoH(all, r->result,
		                                         k * sizeof *all),
		                            f)
		                 ? -1
		                 : 0;
	for (uint32_t i = 0, j = 0; !status && i < k; i++) {
		const struct layout_arg *a = layout_call(r->layout, q->workload,
		                                         q->set[i / outputs]);

		j = first + i % outputs;
		all[i].elements = (int64_t)a[j].elements;
		check_merge(worst, &all[i]);
	}
	free(all);
	return status;
}

/* Were the inputs of the request's calls changed? */
int reference_check_inputs(struct reference *r, const struct adopted *n,
                           const struct wire_request *q,
                           struct wire_reply *reply, struct fault *f)
{
	const struct definition *d = r->job->definition;

	for (uint32_t i = 0; i < q->count; i++) {
		const struct layout_arg *a =
		        layout_call(r->layout, q->workload, q->set[i]);
		uint64_t shift = r->input - reference_first_input(r, a),
		         different = 0;

		if (reference_draw_inputs(r, q->workload, q->set[i], shift, f))
			return -1;
		for (uint32_t j = 0; j < d->ninputs; j++) {
			cu_address theirs = n->input + a[j].address -
			                    r->layout->arena[ARENA_INPUT];

			if (a[j].is_scalar)
				continue;
			if (gpu_count_different(&r->gpu, theirs,
			                        a[j].address + shift,
			                        a[j].bytes, &different, f))
				return -1;
			if (!different)
				continue;
			snprintf(reply->reason, sizeof reply->reason, "%s",
			         REASON_INPUT_MUTATED);
			snprintf(reply->detail, sizeof reply->detail,
			         "%llu bytes of input %s were changed",
			         (unsigned long long)different,
			         d->inputs[j].name);
			return 0;
		}
	}
	return 0;
}
