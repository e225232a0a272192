/* shapes - a table of shapes, as people have it, becomes workloads */
#include "shapes.h"
#include "file.h"
#include "memory.h"
#include "number.h"
#include "sha256.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)16 << 20)
#define MOST_COLUMNS 128

struct column {
	enum { COLUMN_AXIS, COLUMN_INPUT, COLUMN_UUID, COLUMN_WEIGHT } kind;
	size_t at; /* of definition.axes or inputs */
	const char *name;
};

struct table {
	const char *path;
	const struct definition *d;
	struct column column[MOST_COLUMNS];
	size_t columns;
	long line;
	FILE *lines, *settings;
	size_t count;
	struct fault *f;
};

static int wrong(const struct table *t, const char *name, const char *what)
{
	return fault_set(t->f, "%s:%ld: %s %s", t->path, t->line, name, what);
}

/* What a name in the first line stands for. */
static int find_column(const struct table *t, const char *name,
                       struct column *c)
{
	const struct definition *d = t->d;

	c->name = name;
	for (c->at = 0; c->at < d->naxes; c->at++)
		if (strcmp(d->axes[c->at].name, name) == 0) {
			c->kind = COLUMN_AXIS;
			return d->axes[c->at].is_var
			               ? 0
			               : wrong(t, name,
			                       "is no axis that varies");
		}
	for (c->at = 0; c->at < d->ninputs; c->at++)
		if (strcmp(d->inputs[c->at].name, name) == 0) {
			c->kind = COLUMN_INPUT;
			return 0;
		}
	c->kind = strcmp(name, "uuid") == 0 ? COLUMN_UUID : COLUMN_WEIGHT;
	if (c->kind == COLUMN_WEIGHT && strcmp(name, "weight") != 0)
		return wrong(t, *name ? name : "a column without a name",
		             "is no axis, input, weight or uuid");
	return 0;
}

static int check_columns(const struct table *t)
{
	for (size_t i = 0; i < t->columns; i++)
		for (size_t k = 0; k < i; k++)
			if (strcmp(t->column[i].name, t->column[k].name) == 0)
				return wrong(t, t->column[i].name,
				             "heads two columns");
	for (size_t a = 0; a < t->d->naxes; a++) {
		int found = !t->d->axes[a].is_var;

		for (size_t i = 0; i < t->columns; i++)
			found |= t->column[i].kind == COLUMN_AXIS &&
			         t->column[i].at == a;
		if (!found)
			return wrong(t, t->d->axes[a].name, "has no column");
	}
	return 0;
}

static int read_head(struct table *t, char *line)
{
	for (char *name; (name = strsep(&line, "\t"));) {
		if (t->columns == MOST_COLUMNS)
			return wrong(t, "the table", "has too many columns");
		if (find_column(t, name, &t->column[t->columns++]))
			return -1;
	}
	return check_columns(t);
}

/* A cell as an input of a workload. */
static int add_input(const struct table *t, json *inputs,
                     const struct tensor_spec *spec, const char *cell)
{
	json *o = json_add(inputs, spec->name, json_object()), *value;
	const char *key = strrchr(cell, '#');
	struct fault ignored;
	char *path;

	if (spec->is_scalar) {
		value = json_parse(cell, strlen(cell), t->path, t->line,
		                   &ignored);
		json_add_string(o, "type", "scalar");
		if (!value)
			return wrong(t, spec->name, "wants a number");
		json_add(o, "value", value);
	} else if (!*cell || strcmp(cell, "-") == 0) {
		json_add_string(o, "type", "random");
	} else if (key) {
		path = xasprintf("%.*s", (int)(key - cell), cell);
		json_add_string(o, "type", "safetensors");
		json_add_string(o, "path", path);
		json_add_string(o, "tensor_key", key + 1);
		free(path);
	} else {
		return wrong(t, spec->name, "wants PATH#KEY, or - for random");
	}
	return 0;
}

/* Of the name and the shape: the same in every clone. */
static char *make_uuid(const struct table *t, const json *axes,
                       const json *inputs)
{
	char *a = json_text(axes, 0), *b = json_text(inputs, 0);
	char *text = xasprintf("%s %s %s", t->d->name, a, b), hex[SHA256_HEX];

	sha256_hex(text, strlen(text), hex);
	free(text);
	free(b);
	free(a);
	return xasprintf("%.8s-%.4s-4%.3s-8%.3s-%.12s", hex, hex + 8, hex + 12,
	                 hex + 15, hex + 18);
}

static int add_axis(const struct table *t, json *axes, const char *name,
                    const char *cell)
{
	int64_t n;

	if (number_count(cell, &n))
		return wrong(t, name, "wants a number of elements");
	json_add_integer(axes, name, n);
	return 0;
}

static const char *cell_of(const struct table *t, char *const *cell, int kind,
                           size_t at, const char *otherwise)
{
	for (size_t i = 0; i < t->columns; i++)
		if ((int)t->column[i].kind == kind &&
		    (kind >= COLUMN_UUID || t->column[i].at == at))
			return cell[i];
	return otherwise;
}

static int add_inputs(const struct table *t, json *inputs, char *const *cell)
{
	for (size_t i = 0; i < t->d->ninputs; i++) {
		const struct tensor_spec *spec = &t->d->inputs[i];
		const char *one = spec->dtype == DTYPE_BOOL ? "true" : "1";

		if (add_input(t, inputs, spec,
		              cell_of(t, cell, COLUMN_INPUT, i,
		                      spec->is_scalar ? one : "-")))
			return -1;
	}
	return 0;
}

static int add_axes(const struct table *t, json *axes, char *const *cell)
{
	for (size_t i = 0; i < t->d->naxes; i++)
		if (t->d->axes[i].is_var &&
		    add_axis(t, axes, t->d->axes[i].name,
		             cell_of(t, cell, COLUMN_AXIS, i, "")))
			return -1;
	return 0;
}

static int add_row(struct table *t, char *const *cell)
{
	json *axes = json_object(), *inputs = json_object();
	const char *weight = cell_of(t, cell, COLUMN_WEIGHT, 0, "1");
	const char *named = cell_of(t, cell, COLUMN_UUID, 0, "");
	char *uuid, *text;
	double x;
	int failed = add_axes(t, axes, cell) || add_inputs(t, inputs, cell);

	if (!failed && (number_read(weight, &x) || x == 0))
		failed = wrong(t, "weight", "wants a number above zero");
	uuid = *named ? xstrdup(named) : make_uuid(t, axes, inputs);
	text = workload_text(t->d->name, uuid, axes, inputs);
	if (!failed) {
		fputs(text, t->lines);
		if (strcmp(weight, "1") != 0)
			fprintf(t->settings, "weight.%s = %s\n", uuid, weight);
		t->count++;
	}
	free(text);
	free(uuid);
	return failed ? -1 : 0;
}

static int read_row(struct table *t, char *line)
{
	char *cell[MOST_COLUMNS];
	size_t n = 0;

	for (char *c; (c = strsep(&line, "\t"));) {
		if (n == t->columns)
			return wrong(t, "the row",
			             "has more cells than there are columns");
		cell[n++] = c;
	}
	if (n < t->columns)
		return wrong(t, "the row",
		             "has fewer cells than there are columns");
	return add_row(t, cell);
}

/* A workload a line of the table, so that their faults name lines of it. */
static int read_lines(struct table *t, char *text)
{
	int has_head = 0;

	for (char *line; (line = strsep(&text, "\n"));) {
		size_t len = strlen(line);

		t->line++;
		if (len && line[len - 1] == '\r')
			line[len - 1] = '\0';
		if (*line && *line != '#') {
			if (has_head ? read_row(t, line) : read_head(t, line))
				return -1;
			has_head = 1;
		}
		fputc('\n', t->lines);
	}
	if (!t->count)
		return fault_set(t->f, "%s: holds no shape", t->path);
	return 0;
}

/* Without the lines that hold nothing. */
static char *squeezed(char *lines)
{
	char *to = lines;

	for (const char *c = lines; *c; c++)
		if (*c != '\n' || (to > lines && to[-1] != '\n'))
			*to++ = *c;
	*to = '\0';
	return lines;
}

int shapes_read(const char *path, const struct definition *d,
                struct shapes *out, struct fault *f)
{
	char *text = file_read(path, MAX_FILE, NULL), *lines;
	struct table t = {.path = path, .d = d, .f = f};
	struct workload_list list;
	size_t len, settings_len;
	int failed;

	*out = (struct shapes){0};
	if (!text)
		return fault_errno(f, "%s", path);
	t.lines = xmemstream(&lines, &len);
	t.settings = xmemstream(&out->settings, &settings_len);
	failed = read_lines(&t, text);
	fclose(t.lines);
	fclose(t.settings);
	failed = failed || workload_list_parse(lines, len, path, d, &list, f);
	if (!failed) {
		workload_list_free(&list);
		out->count = t.count;
		out->list = squeezed(lines);
	} else {
		free(lines);
		shapes_free(out);
	}
	free(text);
	return failed ? -1 : 0;
}

void shapes_free(struct shapes *s)
{
	free(s->list);
	free(s->settings);
	*s = (struct shapes){0};
}
