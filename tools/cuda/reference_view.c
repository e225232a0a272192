/* reference_view - what a reference may export beside run */
#include "reference_parts.h"

#include "job_view.h"
#include "memory.h"
#include "windows.h"

#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 256

/* A random input of a call that is a window has rows for `inputs`, and they are
 * the same ones whichever call draws them. */
static int check_rows(const struct reference *r, uint32_t input,
                      struct fault *f)
{
	uint64_t row = 0;

	for (uint32_t w = 0; w < r->layout->workloads; w++)
		for (uint32_t set = 0; set < r->layout->sets; set++) {
			const struct layout_arg *a =
			        &layout_call(r->layout, w, set)[input];
			uint64_t is = window_row(a);

			if (!a->is_window || (is == row && row))
				continue;
			if (row || is > WINDOW_ROW)
				return fault_set(
				        f,
				        "%s/workloads.jsonl: %s is of more "
				        "than 64 MiB: for the reference's "
				        "inputs its rows may have 1 MiB at "
				        "most, in all workloads the same",
				        r->job->dir,
				        r->job->definition->inputs[input].name);
			row = is;
		}
	return 0;
}

int reference_extras(struct reference *r, const char *path, struct fault *f)
{
	r->inputs = kernel_export(path, RATCHET_INPUTS);
	r->evaluate = kernel_export(path, RATCHET_EVALUATE);
	for (uint32_t i = 0; r->inputs && i < r->job->definition->ninputs; i++)
		if (check_rows(r, i, f))
			return -1;
	return job_view_agrees(r->job, r->evaluate != NULL, f);
}

int reference_invoke(struct reference *r, ratchet_kernel *function,
                     const char *name, uint32_t workload,
                     const struct layout_arg *own, uint32_t n, struct fault *f)
{
	struct fault why;

	if (CU(cuMemsetD8Async(hooks.zeroed, 0, ZEROED_BYTES, r->gpu.stream),
	       f))
		return -1;
	if (!kernel_call(function, own, n, 0, 0, &why) &&
	    !gpu_wait(&r->gpu, &why))
		return 0;
	return fault_set(f, "the reference's %s, workload %s: %s", name,
	                 r->job->workloads.item[workload].uuid, why.text);
}

struct layout_arg *reference_args(const struct reference *r, uint32_t workload,
                                  uint32_t set, cu_address arena,
                                  uint64_t output_shift)
{
	const struct layout_arg *a = layout_call(r->layout, workload, set);
	size_t args = r->layout->args, views = job_viewed(r->job);
	struct layout_arg *own = xcalloc(args + views, sizeof *own);

	memcpy(own, a, args * sizeof *own);
	for (uint32_t i = 0; i < args; i++)
		if (a[i].is_output)
			own[i].address += output_shift;
		else
			own[i].address = reference_input(r, a, i, arena);
	return own;
}

/* The views of a call's outputs behind its arguments: one beside the other from
 * `at` on. Returns where they end. */
static cu_address place_views(const struct reference *r, struct layout_arg *own,
                              cu_address at)
{
	const struct definition *d = r->job->definition;
	struct layout_arg *view = own + r->layout->args;

	for (size_t i = 0; i < d->noutputs; i++) {
		if (!job_is_viewed(r->job, i))
			continue;
		*view = own[d->ninputs + i];
		view->dtype = job_compared(r->job, i);
		view->bytes = dtype_bytes(view->dtype, view->elements);
		view->address = at;
		at += (view->bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
		view++;
	}
	return at;
}

/* Views of what is expected are kept, one call's behind another's; of what
 * launchers wrote, one call's at a time. */
int reference_allocate_views(struct reference *r, struct fault *f)
{
	uint32_t calls = r->layout->workloads * r->layout->sets;
	uint64_t all = 0, most = 0;
	cu_address kept;

	r->expected_view = xcalloc(calls, sizeof *r->expected_view);
	if (!r->evaluate)
		return 0;
	for (uint32_t i = 0; i < calls; i++) {
		uint32_t sets = r->layout->sets;
		struct layout_arg *own =
		        reference_args(r, i / sets, i % sets, 0, 0);
		uint64_t end = place_views(r, own, all);

		free(own);
		r->expected_view[i] = all;
		if (end - all > most)
			most = end - all;
		all = end;
	}
	if (CU(cuMemAlloc(&kept, all + 1), f) ||
	    CU(cuMemAlloc(&r->view, most + 1), f))
		return -1;
	for (uint32_t i = 0; i < calls; i++)
		r->expected_view[i] += kept;
	return 0;
}

/* Has views made, from `to` on, of a call's outputs, which are so far from
 * their places in the layout. */
static int make_views(struct reference *r, uint32_t workload, uint32_t set,
                      uint64_t output_shift, cu_address to, struct fault *f)
{
	struct layout_arg *own =
	        reference_args(r, workload, set, r->arena, output_shift);
	uint32_t count = r->layout->args + (uint32_t)job_viewed(r->job);
	int status;

	place_views(r, own, to);
	status = reference_invoke(r, r->evaluate, "evaluate", workload, own,
	                          count, f);
	free(own);
	return status;
}

int reference_run(struct reference *r, uint32_t workload, uint32_t set,
                  struct fault *f)
{
	uint64_t shift = r->expected - r->layout->arena[ARENA_OUTPUT];
	struct layout_arg *own =
	        reference_args(r, workload, set, r->arena, shift);
	uint32_t call = reference_call(r, workload, set);
	int status = gather_least(&r->gather, &r->gpu, own,
	                          &r->least_bytes[call], f);

	if (!status && !r->job->sampling.is)
		status = reference_invoke(r, r->run, "run", workload, own,
		                          r->layout->args, f);
	free(own);
	if (!status && r->evaluate)
		status = make_views(r, workload, set, shift,
		                    r->expected_view[call], f);
	return status ? -1 : 0;
}

int reference_evaluate(struct reference *r, const struct adopted *n,
                       uint32_t workload, uint32_t set, struct fault *f)
{
	uint64_t used, begin = layout_outputs(r->layout, workload, &used);

	if (!r->evaluate)
		return 0;
	return make_views(r, workload, set, n->output - begin, r->view, f);
}

cu_address reference_view(const struct reference *r, uint32_t workload,
                          uint32_t set, uint32_t output, enum view which)
{
	struct layout_arg *own = reference_args(r, workload, set, 0, 0);
	uint32_t at = r->layout->args;
	cu_address address;

	place_views(r, own,
	            which == VIEW_EXPECTED
	                    ? r->expected_view[reference_call(r, workload, set)]
	                    : r->view);
	for (uint32_t i = 0; i < output; i++)
		at += (uint32_t)job_is_viewed(r->job, i);
	address = own[at].address;
	free(own);
	return address;
}
