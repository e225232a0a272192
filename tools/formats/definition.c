/* definition - a FlashInfer-Trace Definition: what a kernel computes */
#include "definition.h"
#include "memory.h"
#include "python_run.h"

#include <stdlib.h>
#include <string.h>

/* Names become those of parameters, and stand in settings and tables. */
static int is_plain(const char *name)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789";

	return !name[strspn(name, allowed)];
}

/* The object at key, with at least least members, each with a plain name. */
static const json *want_map(const json *object, const char *key, size_t least,
                            const char *path, struct fault *f)
{
	const json *map = json_get(object, key);

	if (!json_is_object(map) || json_count(map) < least) {
		fault_set(f, "%s:%ld: want \"%s\" to be an object%s", path,
		          json_line(map ? map : object), key,
		          least > 0 ? " with a member or more" : "");
		return NULL;
	}
	for (const json *v = json_first(map); v; v = json_next(v)) {
		int is_named = *json_key(v) && json_is_object(v);

		if (is_named && is_plain(json_key(v)))
			continue;
		fault_set(f, "%s:%ld: want \"%s\" of \"%s\" to %s", path,
		          json_line(v), json_key(v), key,
		          is_named ? "have a name of letters, digits and _"
		                   : "be a named object");
		return NULL;
	}
	return map;
}

static int read_axis(struct axis *a, const json *v, const char *path,
                     struct fault *f)
{
	const char *type;

	a->name = json_key(v);
	if (json_want_name(v, "type", path, &type, f) ||
	    json_check_string(v, "description", path, f))
		return -1;
	a->is_var = strcmp(type, "var") == 0;
	if (a->is_var)
		return 0;
	if (strcmp(type, "const"))
		return fault_set(f,
		                 "%s:%ld: want axis %s to be \"const\" or "
		                 "\"var\", got \"%s\"",
		                 path, json_line(v), a->name, type);
	if (json_want_integer(v, "value", path, &a->value, f))
		return -1;
	if (a->value < 0)
		return fault_set(f, "%s:%ld: axis %s is negative", path,
		                 json_line(v), a->name);
	return 0;
}

static int read_axes(struct definition *d, const char *path, struct fault *f)
{
	const json *map = want_map(d->document, "axes", 0, path, f);

	if (!map)
		return -1;
	d->axes = xcalloc(json_count(map), sizeof *d->axes);
	for (const json *v = json_first(map); v; v = json_next(v)) {
		if (read_axis(&d->axes[d->naxes++], v, path, f))
			return -1;
	}
	return 0;
}

static int find_axis(const struct definition *d, const char *name)
{
	for (size_t i = 0; i < d->naxes; i++) {
		if (strcmp(d->axes[i].name, name) == 0)
			return (int)i;
	}
	return -1;
}

static int read_shape(const struct definition *d, struct tensor_spec *t,
                      const json *shape, const char *path, struct fault *f)
{
	for (const json *v = json_first(shape); v; v = json_next(v)) {
		const char *name = json_string(v);
		int axis = name ? find_axis(d, name) : -1;

		if (axis < 0)
			return fault_set(f,
			                 "%s:%ld: the shape of %s names %s%s, "
			                 "which is no axis",
			                 path, json_line(v), t->name,
			                 name ? "" : "something",
			                 name ? name : "");
		if (t->ndim == MAX_DIMS)
			return fault_set(f, "%s:%ld: %s has more than %d axes",
			                 path, json_line(v), t->name, MAX_DIMS);
		t->axis[t->ndim++] = axis;
	}
	return 0;
}

static int read_tensor(const struct definition *d, struct tensor_spec *t,
                       const json *v, const char *path, struct fault *f)
{
	const json *shape = json_get(v, "shape");
	const char *dtype;

	t->name = json_key(v);
	t->is_scalar = json_is_null(shape);
	if (!t->is_scalar && !json_is_array(shape))
		return fault_set(f,
		                 "%s:%ld: want the shape of %s to be an array "
		                 "of axes or null",
		                 path, json_line(shape ? shape : v), t->name);
	if (json_want_name(v, "dtype", path, &dtype, f) ||
	    json_check_string(v, "description", path, f))
		return -1;
	if (dtype_parse(dtype, &t->dtype))
		return fault_set(f, "%s:%ld: %s has the unknown dtype \"%s\"",
		                 path, json_line(v), t->name, dtype);
	return read_shape(d, t, shape, path, f);
}

static int read_tensors(const struct definition *d, const char *key,
                        size_t least, struct tensor_spec **list, size_t *count,
                        const char *path, struct fault *f)
{
	const json *map = want_map(d->document, key, least, path, f);

	if (!map)
		return -1;
	*list = xcalloc(json_count(map), sizeof **list);
	for (const json *v = json_first(map); v; v = json_next(v)) {
		if (read_tensor(d, &(*list)[(*count)++], v, path, f))
			return -1;
	}
	return 0;
}

static int check_names(const struct definition *d, const char *path,
                       struct fault *f)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
	const json *outputs = json_get(d->document, "outputs");

	if (strpbrk(d->op_type, "\t\n"))
		return fault_set(f, "%s:%ld: an op_type of more than one word",
		                 path,
		                 json_line(json_get(d->document, "op_type")));
	if (strlen(d->name) > DEFINITION_NAME_MAX)
		return fault_set(f, "%s:%ld: the name has more than %d letters",
		                 path, json_line(json_get(d->document, "name")),
		                 DEFINITION_NAME_MAX);
	if (d->name[strspn(d->name, allowed)])
		return fault_set(f, "%s:%ld: the name \"%s\" is not [a-z0-9_]+",
		                 path, json_line(json_get(d->document, "name")),
		                 d->name);
	for (size_t i = 0; i < d->ninputs; i++) {
		const json *both = json_get(outputs, d->inputs[i].name);

		if (both)
			return fault_set(
			        f, "%s:%ld: %s is an input and an output", path,
			        json_line(both), d->inputs[i].name);
	}
	return 0;
}

static int check_reference(struct definition *d, const char *path,
                           struct fault *f)
{
	const json *v = json_get(d->document, "reference");

	if (!v || json_is_null(v))
		return fault_set(f,
		                 "%s:%ld: a definition without a reference: "
		                 "want \"reference\", Python text with a "
		                 "top-level def run(",
		                 path, json_line(d->document));
	if (json_want_name(d->document, "reference", path, &d->reference, f))
		return -1;
	/* Python is not parsed here. */
	if (!python_run(d->reference))
		return fault_set(f,
		                 "%s:%ld: want the reference to have a "
		                 "top-level def run(",
		                 path, json_line(v));
	return 0;
}

static int read_all(struct definition *d, const char *path, struct fault *f)
{
	const json *doc = d->document;

	if (!json_is_object(doc))
		return fault_set(f, "%s:%ld: want a definition, an object",
		                 path, json_line(doc));
	if (json_want_name(doc, "name", path, &d->name, f) ||
	    json_want_name(doc, "op_type", path, &d->op_type, f) ||
	    json_check_string(doc, "description", path, f) ||
	    json_check_strings(doc, "tags", 0, path, f) ||
	    json_check_strings(doc, "constraints", 0, path, f) ||
	    read_axes(d, path, f) ||
	    read_tensors(d, "inputs", 0, &d->inputs, &d->ninputs, path, f) ||
	    read_tensors(d, "outputs", 1, &d->outputs, &d->noutputs, path, f) ||
	    check_names(d, path, f))
		return -1;
	return check_reference(d, path, f);
}

struct definition *definition_read(const char *path, struct fault *f)
{
	struct definition *d = xcalloc(1, sizeof *d);

	d->document = json_read(path, f);
	if (!d->document || read_all(d, path, f)) {
		definition_free(d);
		return NULL;
	}
	return d;
}

void definition_free(struct definition *d)
{
	if (!d)
		return;
	free(d->axes);
	free(d->inputs);
	free(d->outputs);
	json_free(d->document);
	free(d);
}

int64_t tensor_shape(const struct definition *d, const struct tensor_spec *t,
                     const int64_t *axis_value, int64_t shape[MAX_DIMS])
{
	int64_t elements = 1;

	(void)d;
	for (int i = 0; i < t->ndim; i++) {
		shape[i] = axis_value[t->axis[i]];
		if (shape[i] < 0 ||
		    __builtin_mul_overflow(elements, shape[i], &elements))
			return -1;
	}
	return elements;
}
