/* reference_inputs - the inputs of every call: made once, kept, handed on
 *
 * Values are drawn into r->input, where the reference's `inputs` finishes them,
 * and kept in r->arena. Launchers get copies, and the reference's own functions
 * read them there. Windows (windows.h) keep the values that they got first.
 */
#include "reference_parts.h"

#include "generate.h"
#include "verdict.h"
#include "windows.h"

#include <stdio.h>
#include <stdlib.h>

#define ALIGNMENT 256

uint64_t reference_room(const struct layout_arg *a)
{
	return a->is_scalar
	               ? 0
	               : (a->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

cu_address reference_input(const struct reference *r,
                           const struct layout_arg *a, uint32_t input,
                           cu_address arena)
{
	cu_address at = r->input;

	if (arena)
		return arena + a[input].address - r->layout->arena[ARENA_INPUT];
	for (uint32_t i = 0; i < input; i++)
		at += reference_room(&a[i]);
	return at;
}

/* The seed of a call's values: another each time that they are drawn. */
static uint64_t seed_of(const struct reference *r, uint32_t workload,
                        uint32_t set)
{
	uint64_t drawn = r->drawn[reference_call(r, workload, set)];

	return random_seed(r->job->seed, workload,
	                   set + drawn * r->layout->sets);
}

/* Draws one input. What calls share has a seed of its own. */
static int draw_input(struct reference *r, uint32_t workload, uint32_t set,
                      uint32_t input, cu_address to, struct fault *f)
{
	const struct layout_arg *a =
	        &layout_call(r->layout, workload, set)[input];
	cu_address stored =
	        r->stored[workload * r->job->definition->ninputs + input];
	struct random_form form;
	uint64_t seed;

	if (a->is_scalar || !a->bytes)
		return 0;
	if (stored)
		return CU(
		        cuMemcpyDtoDAsync(to, stored, a->bytes, r->gpu.stream),
		        f);
	form = generate_form(a->dtype, r->job->plant[set], a->elements,
	                     a->ndim ? (uint64_t)a->shape[a->ndim - 1] : 1);
	seed = a->is_window ? window_seed(r->job, form.plant)
	                    : seed_of(r, workload, set);
	return gpu_generate(&r->gpu, a->dtype, to, a->first, a->elements, &form,
	                    seed, input, f);
}

/* Makes a call's values in r->input. `inputs` finishes all at once: it needs
 * windows, too, as they were drawn. */
static int make(struct reference *r, uint32_t workload, uint32_t set,
                int windows, struct fault *f)
{
	const struct layout_arg *a = layout_call(r->layout, workload, set);
	uint32_t n = (uint32_t)r->job->definition->ninputs;
	struct layout_arg *own;
	int status;

	for (uint32_t i = 0; i < n; i++)
		if ((!a[i].is_window || windows || r->inputs) &&
		    draw_input(r, workload, set, i, reference_input(r, a, i, 0),
		               f))
			return -1;
	if (reference_normalize(r, workload, set, f))
		return -1;
	if (!r->inputs)
		return 0;
	own = reference_args(r, workload, set, 0, 0);
	status = reference_invoke(r, r->inputs, "inputs", workload, own, n, f);
	free(own);
	return status;
}

/* Copies a call's inputs from one arena to another; 0: r->input. */
static int copy(struct reference *r, uint32_t workload, uint32_t set,
                int windows, cu_address from, cu_address to, struct fault *f)
{
	const struct layout_arg *a = layout_call(r->layout, workload, set);

	for (uint32_t i = 0; i < r->job->definition->ninputs; i++)
		if (!a[i].is_scalar && a[i].bytes &&
		    (!a[i].is_window || windows) &&
		    CU(cuMemcpyDtoDAsync(reference_input(r, a, i, to),
		                         reference_input(r, a, i, from),
		                         a[i].bytes, r->gpu.stream),
		       f))
			return -1;
	return 0;
}

int reference_make_inputs(struct reference *r, uint32_t workload, uint32_t set,
                          struct fault *f)
{
	int is_first = !r->drawn[reference_call(r, workload, set)];

	return make(r, workload, set, is_first, f) ||
	                       copy(r, workload, set, is_first, 0, r->arena, f)
	               ? -1
	               : 0;
}

int reference_hand_all(struct reference *r, const struct adopted *n,
                       struct fault *f)
{
	return CU(cuMemcpyDtoDAsync(n->input, r->arena,
	                            r->layout->arena_bytes[ARENA_INPUT],
	                            r->gpu.stream),
	          f);
}

int reference_hand_call(struct reference *r, const struct adopted *n,
                        uint32_t workload, uint32_t set, struct fault *f)
{
	return copy(r, workload, set, 0, r->arena, n->input, f);
}

/* Says, in so many bytes, how a call's inputs in one arena (0: r->input) are
 * not what they are in r->arena, or "". */
static int compare(struct reference *r, uint32_t workload, uint32_t set,
                   cu_address arena, char *words, size_t len, struct fault *f)
{
	const struct layout_arg *a = layout_call(r->layout, workload, set);
	const struct definition *d = r->job->definition;
	uint64_t different = 0;

	*words = '\0';
	for (uint32_t i = 0; i < d->ninputs && !different; i++) {
		if (a[i].is_scalar)
			continue;
		if (gpu_count_different(&r->gpu,
		                        reference_input(r, a, i, arena),
		                        reference_input(r, a, i, r->arena),
		                        a[i].bytes, &different, f))
			return -1;
		if (different)
			snprintf(words, len, "%llu bytes of input %s",
			         (unsigned long long)different,
			         d->inputs[i].name);
	}
	return 0;
}

/* Makes one call's again, and looks. */
static int agree(struct reference *r, uint32_t workload, uint32_t set,
                 struct fault *f)
{
	char words[100];

	if (make(r, workload, set, 1, f) ||
	    compare(r, workload, set, 0, words, sizeof words, f))
		return -1;
	if (!*words)
		return 0;
	return fault_set(
	        f, "the reference's %s: workload %s: %s",
	        r->inputs ? "inputs does not do the same each time, row by "
	                    "row, or its run writes to them"
	                  : "run writes to its inputs",
	        r->job->workloads.item[workload].uuid, words);
}

int reference_inputs_agree(struct reference *r, struct fault *f)
{
	for (uint32_t w = 0; w < r->layout->workloads; w++)
		for (uint32_t set = 0; set < r->layout->sets; set++)
			if (agree(r, w, set, f))
				return -1;
	return 0;
}

int reference_check_inputs(struct reference *r, const struct adopted *n,
                           const struct wire_request *q,
                           struct wire_reply *reply, struct fault *f)
{
	char words[100] = "";

	for (uint32_t i = 0; i < q->count && !*words; i++)
		if (compare(r, q->workload, q->set[i], n->input, words,
		            sizeof words, f))
			return -1;
	if (!*words)
		return 0;
	snprintf(reply->reason, sizeof reply->reason, "%s",
	         REASON_INPUT_MUTATED);
	snprintf(reply->detail, sizeof reply->detail, "%s were changed", words);
	return 0;
}
