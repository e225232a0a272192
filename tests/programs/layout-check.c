/* layout-check - where the tensors of a job lie; prints what is wrong there,
 * or with its settings for inputs that are gathered
 *
 * usage: layout-check job. At the end: how many megabytes the inputs of all
 * calls take, how many are windows, and at how many places.
 */
#include "gather.h"
#include "job.h"
#include "layout.h"
#include "memory.h"
#include "windows.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

static int failures;

static void check(int holds, const char *what)
{
	if (!holds) {
		printf("%s\n", what);
		failures++;
	}
}

static int overlap(const struct layout_arg *a, const struct layout_arg *b)
{
	return a->address < b->address + b->bytes &&
	       b->address < a->address + a->bytes;
}

/* What is no window is for itself. */
static void check_apart(const struct layout *l, size_t n, size_t i)
{
	const struct layout_arg *a = &l->arg[i];

	for (size_t k = 0; k < n; k++) {
		const struct layout_arg *b = &l->arg[k];

		if (k == i || b->is_scalar || (a->is_window && b->is_window))
			continue;
		check(!overlap(a, b), "two tensors overlap");
	}
}

/* Windows overlap in whole rows. */
static void check_window(const struct layout_arg *a)
{
	uint64_t row = window_row(a);

	check(row > WINDOW_ROW ||
	              a->first * dtype_bits(a->dtype) / 8 % row == 0,
	      "a window begins within a row");
}

/* All memory of outputs can be mapped where a workload's outputs begin. */
static void check_outputs(const struct layout *l, uint32_t workload)
{
	uint64_t used, begin = layout_outputs(l, workload, &used);

	check(begin % ARENA_GRANULE == 0, "outputs cannot be mapped");
	check(used <= l->output_bytes, "too little memory for the outputs");
	check(layout_holds(l, begin, l->output_bytes),
	      "outputs out of their arena");
	for (uint32_t set = 0; set < l->sets; set++) {
		const struct layout_arg *a = layout_call(l, workload, set);

		for (uint32_t i = 0; i < l->args; i++)
			check(!a[i].is_output || (a[i].slot >= begin &&
			                          a[i].slot + a[i].slot_bytes <=
			                                  begin + used),
			      "an output is not with its workload's");
	}
}

int main(int argc, char *argv[])
{
	struct fault f;
	struct job *job = argc == 2 ? job_read(argv[1], &f) : NULL;
	struct layout *l = job ? layout_make(job, &f) : NULL;
	size_t n, windows = 0, places = 0;
	struct gather g;

	if (!l || gather_read(job, &g, &f))
		errx(2, "%s", job ? f.text : "want a job");
	n = (size_t)l->workloads * l->sets * l->args;
	for (size_t i = 0; i < n; i++) {
		const struct layout_arg *a = &l->arg[i];
		int is_new = a->is_window;

		if (a->is_scalar)
			continue;
		check(layout_holds(l, a->address, a->bytes),
		      "out of its arena");
		check(a->address % 256 == 0, "not aligned");
		check(a->first % 4 == 0, "begins within a block");
		check_apart(l, n, i);
		if (a->is_window)
			check_window(a);
		for (size_t k = 0; k < i; k++)
			is_new &= l->arg[k].address != a->address;
		windows += (size_t)a->is_window;
		places += (size_t)is_new;
	}
	for (uint32_t w = 0; w < l->workloads; w++)
		check_outputs(l, w);
	printf("%llu MB, %zu windows at %zu places\n",
	       (unsigned long long)(l->arena_bytes[ARENA_INPUT] >> 20), windows,
	       places);
	free(g.input);
	free(l);
	job_free(job);
	return failures > 0;
}
