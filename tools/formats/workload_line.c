/* workload_line - one workload, checked against its definition */
#include "workload_line.h"
#include "file.h"
#include "memory.h"

#include <string.h>

#define UUID_MAX 100 /* bytes */

/* One line of a list, and where its faults are said. */
struct reader {
	const struct definition *d;
	struct workload *w;
	const char *path;
	struct fault *f;
};

static int wrong(const struct reader *r, const char *name, const char *what)
{
	return fault_set(r->f, "%s:%ld: %s %s", r->path, r->w->line, name,
	                 what);
}

static int is_axis(const struct definition *d, const char *name)
{
	for (size_t i = 0; i < d->naxes; i++) {
		if (strcmp(d->axes[i].name, name) == 0)
			return 1;
	}
	return 0;
}

/* The const axes have their values already, but may stand in a workload. */
static int read_axes(struct reader *r, const json *map)
{
	const struct definition *d = r->d;

	r->w->axis_value = xcalloc(d->naxes, sizeof *r->w->axis_value);
	for (const json *v = json_first(map); v; v = json_next(v)) {
		if (!is_axis(d, json_key(v)))
			return wrong(r, json_key(v),
			             "is no axis of the definition");
	}
	for (size_t i = 0; i < d->naxes; i++) {
		const struct axis *a = &d->axes[i];
		const json *v = json_get(map, a->name);
		int64_t *value = &r->w->axis_value[i];

		*value = a->value;
		if (!v && a->is_var)
			return wrong(r, a->name, "has no value in the axes");
		if (v && (json_integer(v, value) || *value < 0))
			return wrong(r, a->name,
			             "wants an integer that is not negative");
		if (!a->is_var && *value != a->value)
			return wrong(r, a->name, "is const in the definition");
	}
	return 0;
}

static int read_scalar(struct reader *r, const struct tensor_spec *t,
                       struct input_spec *in, const json *v)
{
	unsigned bits = dtype_bits(t->dtype);
	int flag;

	in->kind = INPUT_SCALAR;
	if (!t->is_scalar)
		return wrong(r, t->name,
		             "is a tensor, the workload's a scalar");
	if (t->dtype == DTYPE_BOOL) {
		if (json_boolean(v, &flag))
			return wrong(r, t->name, "wants true or false");
		in->integer = flag;
		in->scalar = flag;
		return 0;
	}
	if (dtype_is_float(t->dtype))
		return json_number(v, &in->scalar)
		               ? wrong(r, t->name, "wants a number")
		               : 0;
	if (json_integer(v, &in->integer) ||
	    in->integer > INT64_MAX >> (64 - bits) ||
	    in->integer < INT64_MIN >> (64 - bits))
		return wrong(r, t->name, "wants an integer of its dtype");
	return 0;
}

static int read_input(struct reader *r, const struct tensor_spec *t,
                      struct input_spec *in, const json *v)
{
	const char *type = json_string(json_get(v, "type"));

	if (!type)
		return wrong(r, t->name,
		             v ? "wants an object with a \"type\""
		               : "has no value in the inputs");
	if (strcmp(type, "random") == 0) {
		in->kind = INPUT_RANDOM;
		return 0;
	}
	if (strcmp(type, "scalar") == 0)
		return read_scalar(r, t, in, json_get(v, "value"));
	if (strcmp(type, "safetensors"))
		return wrong(r, t->name,
		             "wants the type random, scalar or safetensors");
	in->kind = INPUT_SAFETENSORS;
	if (t->is_scalar)
		return wrong(r, t->name,
		             "is a scalar, the workload's a tensor");
	if (json_want_name(v, "path", r->path, &in->path, r->f) ||
	    json_want_name(v, "tensor_key", r->path, &in->key, r->f))
		return -1;
	if (!path_is_beneath(in->path))
		return fault_set(r->f,
		                 "%s:%ld: %s wants a path beneath the trace "
		                 "set's folder, got \"%s\"",
		                 r->path, r->w->line, t->name, in->path);
	return 0;
}

static int is_input(const struct definition *d, const char *name)
{
	for (size_t i = 0; i < d->ninputs; i++) {
		if (strcmp(d->inputs[i].name, name) == 0)
			return 1;
	}
	return 0;
}

static int read_inputs(struct reader *r, const json *map)
{
	const struct definition *d = r->d;

	r->w->input = xcalloc(d->ninputs, sizeof *r->w->input);
	for (const json *v = json_first(map); v; v = json_next(v)) {
		if (!is_input(d, json_key(v)))
			return wrong(r, json_key(v),
			             "is no input of the definition");
	}
	for (size_t i = 0; i < d->ninputs; i++) {
		const struct tensor_spec *t = &d->inputs[i];

		if (read_input(r, t, &r->w->input[i], json_get(map, t->name)))
			return -1;
	}
	return 0;
}

static int is_absent(const json *v)
{
	return !v || json_is_null(v);
}

/* It becomes a column of tables, of its first bytes alone, and a word of
 * reports. */
static int is_word(const char *s)
{
	size_t len = strlen(s);

	for (const char *c = s; *c; c++)
		if (*c <= ' ' || *c > '~')
			return 0;
	return len <= UUID_MAX;
}

static int read_line(struct reader *r)
{
	const json *line = r->w->document;
	const json *body = json_get(line, "workload");
	const json *axes = json_get(body, "axes");
	const json *inputs = json_get(body, "inputs");
	const char *name;

	if (!json_is_object(line))
		return wrong(r, "a workload", "wants to be an object");
	if (json_want_name(line, "definition", r->path, &name, r->f))
		return -1;
	if (strcmp(name, r->d->name))
		return fault_set(r->f, "%s:%ld: a workload of %s, not of %s",
		                 r->path, r->w->line, name, r->d->name);
	if (!is_absent(json_get(line, "solution")) ||
	    !is_absent(json_get(line, "evaluation")))
		return wrong(r, "a workload",
		             "wants solution and evaluation to be null");
	if (!json_is_object(axes) || !json_is_object(inputs))
		return wrong(r, "\"workload\"",
		             "wants the objects \"axes\" and \"inputs\"");
	if (json_want_name(body, "uuid", r->path, &r->w->uuid, r->f))
		return -1;
	if (!is_word(r->w->uuid))
		return wrong(r, "the uuid",
		             "wants printable ASCII without blanks, at most "
		             "100 bytes");
	if (read_axes(r, axes) || read_inputs(r, inputs))
		return -1;
	if (workload_bytes(r->d, r->w) == SIZE_MAX)
		return wrong(r, r->w->uuid, "is larger than any memory");
	return 0;
}

int workload_line_read(struct workload *w, const struct definition *d,
                       const char *path, struct fault *f)
{
	struct reader r = {d, w, path, f};

	return read_line(&r);
}
