/* windows - large inputs as windows into memory that many calls share */
#include "windows.h"
#include "generate.h"
#include "memory.h"
#include "random.h"

#include <stdlib.h>

#define ALIGNMENT 256
#define STREAM (UINT64_MAX - 3) /* of the seed: values; then places */
#define SLACK 8 /* so much larger than its largest window is an arena: 1/8 */

static uint64_t round_up(uint64_t n)
{
	return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* The arena that an input of so many elements is in, or NULL. */
static struct window *find(const struct windows *x, size_t workload, int set,
                           size_t input, uint64_t elements, uint64_t row)
{
	const struct job *job = x->job;
	const struct tensor_spec *t = &job->definition->inputs[input];
	enum plant plant =
	        generate_form(t->dtype, job->plant[set], elements, row).plant;

	if (t->is_scalar || plant == PLANT_ROWS ||
	    job->workloads.item[workload].input[input].kind != INPUT_RANDOM ||
	    dtype_bytes(t->dtype, elements) <= WINDOW_BYTES)
		return NULL;
	return &x->window[input * PLANT_COUNT + plant];
}

static void enlarge(struct windows *x, size_t workload, int set, size_t input)
{
	const struct definition *d = x->job->definition;
	const struct tensor_spec *t = &d->inputs[input];
	int64_t shape[MAX_DIMS];
	int64_t n = tensor_shape(
	        d, t, x->job->workloads.item[workload].axis_value, shape);
	struct window *w;

	if (n < 0 || (uint64_t)n > ARENA_MAX)
		return; /* its own place is refused */
	w = find(x, workload, set, input, (uint64_t)n,
	         t->ndim ? (uint64_t)shape[t->ndim - 1] : 1);
	if (w && w->bytes < dtype_bytes(t->dtype, (size_t)n))
		w->bytes = dtype_bytes(t->dtype, (size_t)n);
}

void windows_make(struct windows *x, const struct job *job, uint64_t *used)
{
	size_t inputs = job->definition->ninputs;

	*x = (struct windows){.job = job};
	x->window = xcalloc(inputs * PLANT_COUNT, sizeof *x->window);
	for (size_t w = 0; w < job->workloads.count; w++)
		for (int set = 0; set < job->sets; set++)
			for (size_t i = 0; i < inputs; i++)
				enlarge(x, w, set, i);
	for (size_t i = 0; i < inputs * PLANT_COUNT; i++) {
		struct window *w = &x->window[i];

		if (!w->bytes)
			continue;
		w->base = *used;
		w->bytes = round_up(w->bytes + w->bytes / SLACK);
		*used += w->bytes;
	}
}

void windows_free(struct windows *x)
{
	free(x->window);
	*x = (struct windows){.job = NULL};
}

int windows_place(const struct windows *x, size_t workload, int set,
                  size_t input, struct layout_arg *a)
{
	const struct window *w =
	        find(x, workload, set, input, a->elements,
	             a->ndim ? (uint64_t)a->shape[a->ndim - 1] : 1);
	uint64_t places, at;

	if (!w)
		return 0;
	places = (w->bytes - round_up(a->bytes)) / ALIGNMENT + 1;
	at = random_seed(x->job->seed, STREAM - 1 - input,
	                 workload * JOB_SETS_MAX + (uint64_t)set) %
	     places * ALIGNMENT;
	a->address = w->base + at;
	a->first = at * 8 / dtype_bits(a->dtype);
	a->is_window = 1;
	return 1;
}

uint64_t window_seed(const struct job *job, enum plant plant)
{
	return random_seed(job->seed, STREAM, (uint64_t)plant);
}
