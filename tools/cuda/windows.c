/* windows - large inputs as windows into memory that many calls share */
#include "windows.h"
#include "generate.h"
#include "memory.h"
#include "random.h"

#include <stdlib.h>

#define ALIGNMENT 256
#define STREAM (UINT64_MAX - 3) /* of the seed: values; then places */
/* So much larger than its largest window is an arena, and so many places it has
 * at least. */
#define SLACK 8 /* 1/8 */
#define PLACES 16

static uint64_t round_up(uint64_t n)
{
	return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* What the places of a window are multiples of: whole rows of the first axis,
 * where they are small, and the alignment of any tensor, which is whole blocks
 * of the generator. */
static uint64_t step_of(uint64_t row)
{
	uint64_t power = ALIGNMENT;

	if (row > WINDOW_ROW)
		return ALIGNMENT;
	while (row % power)
		power /= 2;
	return row / power * ALIGNMENT;
}

uint64_t window_row(const struct layout_arg *a)
{
	return a->ndim && a->shape[0] > 0 ? a->bytes / (uint64_t)a->shape[0]
	                                  : a->bytes;
}

/* The arena that an input of so many elements is in, or NULL. */
static struct window *find(const struct windows *x, size_t workload, int set,
                           size_t input, uint64_t elements, uint64_t row)
{
	const struct job *job = x->job;
	const struct tensor_spec *t = &job->definition->inputs[input];
	enum plant plant =
	        generate_form(t->dtype, job->plant[set], elements, row).plant;

	if (t->is_scalar || plant == PLANT_ROWS || job->sampling.is ||
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
	uint64_t bytes, step;
	struct window *w;

	if (n < 0 || (uint64_t)n > ARENA_MAX)
		return; /* its own place is refused */
	w = find(x, workload, set, input, (uint64_t)n,
	         t->ndim ? (uint64_t)shape[t->ndim - 1] : 1);
	if (!w)
		return;
	bytes = dtype_bytes(t->dtype, (size_t)n);
	step = step_of(t->ndim ? bytes / (uint64_t)shape[0] : bytes);
	if (w->bytes < bytes)
		w->bytes = bytes;
	if (w->step < step)
		w->step = step;
}

/* The bytes of an arena. */
static uint64_t room(const struct window *w)
{
	uint64_t most = w->bytes / SLACK;

	if (most < PLACES * w->step)
		most = PLACES * w->step;
	return round_up(w->bytes + most);
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
		w->bytes = room(w);
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
	uint64_t step, places, at;

	if (!w)
		return 0;
	step = step_of(window_row(a));
	places = (w->bytes - round_up(a->bytes)) / step + 1;
	at = random_seed(x->job->seed, STREAM - 1 - input,
	                 workload * JOB_SETS_MAX + (uint64_t)set) %
	     places * step;
	a->address = w->base + at;
	a->first = at * 8 / dtype_bits(a->dtype);
	a->is_window = 1;
	return 1;
}

uint64_t window_seed(const struct job *job, enum plant plant)
{
	return random_seed(job->seed, STREAM, (uint64_t)plant);
}
