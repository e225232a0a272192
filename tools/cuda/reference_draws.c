/* reference_draws - probabilities, and what a launcher's kernel drew by them:
 * on the host, by the rule of sampling.h
 */
#include "reference_parts.h"

#include "memory.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>

/* A copy of a tensor on the host, once all that was enqueued is done. *to is
 * the caller's to free, whatever comes of it. */
static int bring(struct reference *r, cu_address from, uint64_t bytes,
                 void **to, struct fault *f)
{
	*to = xcalloc(bytes + 1, 1);
	if (gpu_wait(&r->gpu, f))
		return -1;
	return bytes ? CU(cuMemcpyDtoH(*to, from, bytes), f) : 0;
}

int reference_normalize(struct reference *r, uint32_t workload, uint32_t set,
                        struct fault *f)
{
	const struct sampling *s = &r->job->sampling;
	const struct layout_arg *a = layout_call(r->layout, workload, set);
	const struct workload *w = &r->job->workloads.item[workload];
	const struct layout_arg *probs = &a[s->probs];
	cu_address at;
	void *host;
	int status;

	if (!s->is || !probs->bytes ||
	    w->input[s->probs].kind == INPUT_SAFETENSORS)
		return 0;
	at = reference_input(r, a, (uint32_t)s->probs, 0);
	status = bring(r, at, probs->bytes, &host, f);
	if (!status) {
		sampling_normalize(host, probs->shape[0], probs->shape[1]);
		status = CU(cuMemcpyHtoDAsync(at, host, probs->bytes,
		                              r->gpu.stream),
		            f) ||
		         gpu_wait(&r->gpu, f);
	}
	free(host);
	return status ? -1 : 0;
}

/* The same of an input of a call, if the definition has it. */
static int bring_input(struct reference *r, const struct layout_arg *a,
                       int input, void **to, struct fault *f)
{
	if (input < 0)
		return 0;
	return bring(r, reference_input(r, a, (uint32_t)input, r->arena),
	             a[input].bytes, to, f);
}

/* Looks at a request's call i. */
static int check_call(struct reference *r, const struct adopted *n,
                      const struct wire_request *q, uint32_t i,
                      struct sampling_tally *tally, struct wire_reply *reply,
                      struct fault *f)
{
	const struct sampling *s = &r->job->sampling;
	const struct layout_arg *a =
	        layout_call(r->layout, q->workload, q->set[i]);
	const struct layout_arg *o = &a[r->job->definition->ninputs];
	uint32_t call = reference_call(r, q->workload, q->set[i]);
	uint64_t used, begin = layout_outputs(r->layout, q->workload, &used);
	void *probs = NULL, *top_k = NULL, *top_p = NULL, *drawn = NULL;
	int status =
	        bring_input(r, a, s->probs, &probs, f) ||
	        bring_input(r, a, s->top_k, &top_k, f) ||
	        bring_input(r, a, s->top_p, &top_p, f) ||
	        bring(r, n->output + (o->address - begin), o->bytes, &drawn, f);
	const struct sampling_call c = {
	        .probs = probs,
	        .top_k = top_k,
	        .top_p = top_p,
	        .rows = a[s->probs].shape[0],
	        .n = a[s->probs].shape[1],
	        .drawn = drawn,
	        .is_64 = o->dtype == DTYPE_INT64,
	        .seed = random_seed(r->job->seed, UINT64_MAX, q->seed + i),
	        .is_new = sampling_is_new(&n->counted[call], r->drawn[call])};

	if (!status &&
	    sampling_check(&c, tally, reply->detail, sizeof reply->detail)) {
		snprintf(reply->reason, sizeof reply->reason, "%s",
		         REASON_WRONG);
		reply->wrong_call = i + 1;
	}
	free(probs);
	free(top_k);
	free(top_p);
	free(drawn);
	return status ? -1 : 0;
}

int reference_check_draws(struct reference *r, const struct adopted *n,
                          const struct wire_request *q,
                          struct wire_reply *reply, struct fault *f)
{
	struct sampling_tally *tally =
	        &r->tally[n->side * r->layout->workloads + q->workload];
	int status = 0;

	for (uint32_t i = 0; i < q->count && !status && !*reply->reason; i++)
		status = check_call(r, n, q, i, tally, reply, f);
	reply->draws = sampling_draws(tally);
	return status;
}
