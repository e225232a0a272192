/* workload - FlashInfer-Trace Workloads: the shapes that a kernel serves */
#include "workload.h"
#include "file.h"
#include "memory.h"
#include "workload_line.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)

/* Returns -1 if the sum overflows. */
static int add_bytes(const struct tensor_spec *list, size_t count,
                     const struct definition *d, const struct workload *w,
                     size_t *sum)
{
	for (size_t i = 0; i < count; i++) {
		int64_t shape[MAX_DIMS];
		int64_t n = tensor_shape(d, &list[i], w->axis_value, shape);

		if (n < 0 ||
		    dtype_bytes(list[i].dtype, (size_t)n) == SIZE_MAX ||
		    __builtin_add_overflow(
		            *sum, dtype_bytes(list[i].dtype, (size_t)n), sum))
			return -1;
	}
	return 0;
}

size_t workload_tensor_bytes(const struct definition *d,
                             const struct tensor_spec *t,
                             const struct workload *w)
{
	int64_t shape[MAX_DIMS];

	return dtype_bytes(t->dtype,
	                   (size_t)tensor_shape(d, t, w->axis_value, shape));
}

size_t workload_bytes(const struct definition *d, const struct workload *w)
{
	size_t sum = 0;

	if (add_bytes(d->inputs, d->ninputs, d, w, &sum) ||
	    add_bytes(d->outputs, d->noutputs, d, w, &sum))
		return SIZE_MAX;
	return sum;
}

int workload_is_hidden(const char *uuid)
{
	return strncmp(uuid, HIDDEN_UUID, strlen(HIDDEN_UUID)) == 0;
}

/* Takes a line of the file, unless it is blank. */
static int add_line(struct workload_list *list, const char *text, size_t len,
                    long number, const struct definition *d, const char *path,
                    struct fault *f)
{
	struct workload *w;
	json *line;

	if (strspn(text, " \t\r") >= len)
		return 0;
	line = json_parse(text, len, path, number, f);
	if (!line)
		return -1;
	list->item = xrealloc(list->item, list->count + 1, sizeof *list->item);
	w = &list->item[list->count++];
	*w = (struct workload){.line = number, .document = line};
	return workload_line_read(w, d, path, f);
}

static int by_uuid(const void *a, const void *b)
{
	const struct workload *x = *(struct workload *const *)a;
	const struct workload *y = *(struct workload *const *)b;
	int order = strcmp(x->uuid, y->uuid);

	return order ? order : (x->line > y->line) - (x->line < y->line);
}

static int check_uuids(const struct workload_list *list, const char *path,
                       struct fault *f)
{
	struct workload **sorted = xcalloc(list->count, sizeof *sorted);
	int failed = 0;

	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->item[i];
	qsort(sorted, list->count, sizeof *sorted, by_uuid);
	for (size_t i = 1; i < list->count && !failed; i++) {
		if (strcmp(sorted[i - 1]->uuid, sorted[i]->uuid) == 0)
			failed = fault_set(
			        f, "%s:%ld: the uuid %s stands on line %ld too",
			        path, sorted[i]->line, sorted[i]->uuid,
			        sorted[i - 1]->line);
	}
	free(sorted);
	return failed;
}

char *workload_text(const char *definition, const char *uuid, json *axes,
                    json *inputs)
{
	json *line = json_object(), *body;
	char *text;

	json_add_string(line, "definition", definition);
	json_add_null(line, "solution");
	body = json_add(line, "workload", json_object());
	json_add_string(body, "uuid", uuid);
	json_add(body, "axes", axes);
	json_add(body, "inputs", inputs);
	json_add_null(line, "evaluation");
	text = json_text(line, 0);
	json_free(line);
	return text;
}

static long lines_of(const char *text, size_t len)
{
	long n = 0;

	for (size_t i = 0; i < len; i++)
		n += text[i] == '\n';
	return n;
}

char *workload_list_definition(const char *path, struct fault *f)
{
	size_t len, blank;
	char *text = file_read(path, MAX_FILE, &len), *copy = NULL;
	const char *name;
	json *line;

	if (!text) {
		fault_errno(f, "%s", path);
		return NULL;
	}
	blank = strspn(text, " \t\r\n");
	line = json_parse(text + blank, strcspn(text + blank, "\n"), path,
	                  1 + lines_of(text, blank), f);
	if (line && !json_want_name(line, "definition", path, &name, f))
		copy = xstrdup(name);
	json_free(line);
	free(text);
	return copy;
}

int workload_list_parse(const char *text, size_t len, const char *path,
                        const struct definition *d, struct workload_list *out,
                        struct fault *f)
{
	const char *at = text;
	long number = 1;
	int failed = 0;

	*out = (struct workload_list){NULL, 0};
	while (at < text + len && !failed) {
		const char *end = memchr(at, '\n', (size_t)(text + len - at));

		if (!end)
			end = text + len;
		failed = add_line(out, at, (size_t)(end - at), number++, d,
		                  path, f);
		at = end + 1;
	}
	if (!failed && out->count == 0)
		failed = fault_set(f, "%s: holds no workload", path);
	if (!failed)
		failed = check_uuids(out, path, f);
	if (failed)
		workload_list_free(out);
	return failed;
}

int workload_list_read(const char *path, const struct definition *d,
                       struct workload_list *out, struct fault *f)
{
	size_t len;
	char *text = file_read(path, MAX_FILE, &len);
	int failed;

	*out = (struct workload_list){NULL, 0};
	if (!text)
		return fault_errno(f, "%s", path);
	failed = workload_list_parse(text, len, path, d, out, f);
	free(text);
	return failed;
}

void workload_list_free(struct workload_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->item[i].axis_value);
		free(list->item[i].input);
		json_free(list->item[i].document);
	}
	free(list->item);
	*list = (struct workload_list){NULL, 0};
}
