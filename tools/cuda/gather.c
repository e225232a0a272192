/* gather - the least that a call has to move */
#include "gather.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static size_t find(const struct definition *d, const char *name, size_t len)
{
	size_t i = 0;

	while (i < d->ninputs && (strlen(d->inputs[i].name) != len ||
	                          strncmp(d->inputs[i].name, name, len)))
		i++;
	return i;
}

static int is_index(const struct tensor_spec *t)
{
	return !t->is_scalar &&
	       (t->dtype == DTYPE_INT32 || t->dtype == DTYPE_INT64);
}

/* "INDEX BYTES" */
static int parse(const struct job *job, size_t input, const char *value,
                 struct gathered *out, struct fault *f)
{
	const struct definition *d = job->definition;
	size_t len = strcspn(value, " \t");
	size_t index = find(d, value, len);
	char *end;
	double bytes = strtod(value + len, &end);
	int is_number = end > value + len && !*end &&
	                (bytes == 0 || (bytes >= 1 && bytes < 0x1p40));

	if (index == d->ninputs || !is_index(&d->inputs[index]) || !is_number ||
	    d->inputs[input].is_scalar)
		return fault_set(f,
		                 "%s: want gather.%s to be an int32 or int64 "
		                 "input and the bytes of the row that each "
		                 "of its elements names (0: nothing has to be "
		                 "read), got '%.80s'",
		                 job->settings.path, d->inputs[input].name,
		                 value);
	out->index = index;
	out->row_bytes = (uint64_t)bytes;
	return 0;
}

int gather_read(const struct job *job, struct gather *g, struct fault *f)
{
	const struct definition *d = job->definition;

	g->inputs = d->ninputs;
	g->outputs = d->noutputs;
	g->input = xcalloc(d->ninputs, sizeof *g->input);
	for (size_t i = 0; i < d->ninputs; i++) {
		char *key = xasprintf("gather.%s", d->inputs[i].name);
		const char *value = settings_string(&job->settings, key, NULL);

		free(key);
		g->input[i].index = d->ninputs;
		if (value && parse(job, i, value, &g->input[i], f))
			return -1;
	}
	/* Who draws may stop reading where the draw falls. */
	if (job->sampling.is)
		g->input[job->sampling.probs] =
		        (struct gathered){.row_bytes = 0};
	return 0;
}

/* The bytes of an input that its index names. */
static int touched(struct gpu *gpu, const struct layout_arg *a,
                   const struct layout_arg *index, uint64_t row_bytes,
                   double *bytes, struct fault *f)
{
	uint64_t rows, count;

	*bytes = 0;
	if (!row_bytes)
		return 0;
	rows = (a->bytes + row_bytes - 1) / row_bytes;
	if (gpu_count_rows(gpu, index->dtype == DTYPE_INT64, index->address,
	                   index->elements, rows, &count, f))
		return -1;
	*bytes = (double)count * (double)row_bytes;
	return 0;
}

int gather_least(const struct gather *g, struct gpu *gpu,
                 const struct layout_arg *a, double *bytes, struct fault *f)
{
	double written = 0, read = 0;
	size_t i;

	for (i = 0; i < g->inputs; i++) {
		const struct gathered *by = &g->input[i];
		double all = (double)a[i].bytes;

		if (a[i].is_scalar)
			continue;
		if (by->index < g->inputs &&
		    touched(gpu, &a[i], &a[by->index], by->row_bytes, &all, f))
			return -1;
		read += all;
	}
	for (; i < g->inputs + g->outputs; i++)
		written += (double)a[i].bytes;
	written -= (double)gpu->device.l2_bytes;
	*bytes = read + (written > 0 ? written : 0);
	return 0;
}
