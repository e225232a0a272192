/* moved - the bytes that a call has to move, as far as settings and lists say
 */
#include "moved.h"
#include "index_tensor.h"
#include "memory.h"
#include "trace_set.h"

#include <stdlib.h>
#include <string.h>

struct question {
	const struct settings *settings;
	const struct definition *d;
	const char *list; /* its path */
};

/* Different rows that a stored index names; -1 if it cannot be read. */
static double stored_rows(const struct question *q, const struct input_spec *in)
{
	char *root = trace_set_root(q->list, in->path);
	struct index_tensor x = {0};
	const struct safetensor *t;
	struct safetensors file;
	struct fault ignored;
	double rows = -1;

	if (root &&
	    !safetensors_read_beneath(root, in->path, &file, &ignored)) {
		t = safetensors_find(&file, in->key);
		if (t && index_tensor_is(t->dtype)) {
			index_tensor_add(&x, t);
			rows = (double)x.distinct;
		}
		safetensors_free(&file);
	}
	index_tensor_free(&x);
	free(root);
	return rows;
}

/* Of an input that an index names rows of: "INDEX BYTES", which the judge has
 * checked, or will. */
static double gathered(const struct question *q, const struct workload *w,
                       const char *rule, double whole)
{
	size_t len = strcspn(rule, " \t"), i = 0;
	double row = strtod(rule + len, NULL), rows = -1;
	int64_t shape[MAX_DIMS];

	while (i < q->d->ninputs && (strlen(q->d->inputs[i].name) != len ||
	                             memcmp(q->d->inputs[i].name, rule, len)))
		i++;
	if (i == q->d->ninputs)
		return whole;
	if (w->input[i].kind == INPUT_SAFETENSORS)
		rows = stored_rows(q, &w->input[i]);
	if (rows < 0)
		rows = (double)tensor_shape(q->d, &q->d->inputs[i],
		                            w->axis_value, shape);
	return rows * row < whole ? rows * row : whole;
}

static double moved(const struct question *q, const struct workload *w)
{
	double sum = 0;

	for (size_t i = 0; i < q->d->ninputs; i++) {
		double whole = (double)workload_tensor_bytes(
		        q->d, &q->d->inputs[i], w);
		char *key = xasprintf("gather.%s", q->d->inputs[i].name);
		const char *rule = settings_string(q->settings, key, NULL);

		sum += rule ? gathered(q, w, rule, whole) : whole;
		free(key);
	}
	for (size_t i = 0; i < q->d->noutputs; i++)
		sum += (double)workload_tensor_bytes(q->d, &q->d->outputs[i],
		                                     w);
	return sum;
}

double *moved_bytes(const struct settings *settings, const char *list_path,
                    const struct definition *d,
                    const struct workload_list *list)
{
	const struct question q = {settings, d, list_path};
	double *bytes = xcalloc(list->count, sizeof *bytes);

	for (size_t i = 0; i < list->count; i++)
		bytes[i] = moved(&q, &list->item[i]);
	return bytes;
}
