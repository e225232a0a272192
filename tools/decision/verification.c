/* verification - verify.jsonl: is the candidate right, workload by workload? */
#include "evidence.h"

#include "file.h"
#include "memory.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)

/* The line that follows *at, parsed; *at goes on. NULL with the fault set. */
static json *next_line(const char *path, const char **at, long number,
                       struct fault *f)
{
	const char *end = strchr(*at, '\n'), *line = *at;

	if (!end) {
		fault_set(f, "%s:%ld: want a line with its newline", path,
		          number);
		return NULL;
	}
	*at = end + 1;
	return json_parse(line, (size_t)(end - line), path, number, f);
}

static int check_equal(const json *object, const char *key, const char *want,
                       const char *path, struct fault *f)
{
	const char *got;

	if (json_want_string(object, key, path, &got, f))
		return -1;
	if (strcmp(got, want))
		return fault_set(f, "%s:%ld: want %s to be %s, got '%.80s'",
		                 path, json_line(object), key, want, got);
	return 0;
}

static int check_version(const struct verification *v, struct fault *f)
{
	const char *got = json_string(json_get(v->head, "judge_version"));

	return got && strcmp(got, JUDGE_VERSION_JOINT) == 0
	               ? 0
	               : check_equal(v->head, "judge_version", JUDGE_VERSION,
	                             v->path, f);
}

static int check_head(const struct verification *v, const struct base *base,
                      struct fault *f)
{
	const char *driver = json_string(json_get(v->head, "driver")), *text;

	if (check_version(v, f) ||
	    check_equal(v->head, "kernel", base->kernel, v->path, f) ||
	    check_equal(v->head, "device", base->device, v->path, f) ||
	    json_want_string(v->head, "device_name", v->path, &text, f) ||
	    base_agrees(base, v->path, text, driver ? driver : "-", f) ||
	    json_want_string(v->head, "timing", v->path, &text, f) ||
	    json_want_string(v->head, "sandbox", v->path, &text, f) ||
	    json_want_string(v->head, "hidden", v->path, &text, f) ||
	    json_want_string(v->head, "seed", v->path, &text, f))
		return -1;
	return 0;
}

static int add_line(struct verification *v, json *line, struct fault *f)
{
	const char *status, *uuid, *other;

	v->line = xrealloc(v->line, v->count + 1, sizeof(json *));
	v->line[v->count++] = line;
	if (json_want_string(line, "uuid", v->path, &uuid, f) ||
	    json_want_string(line, "status", v->path, &status, f))
		return -1;
	for (size_t i = 0; i + 1 < v->count; i++) {
		other = json_string(json_get(v->line[i], "uuid"));
		if (!strcmp(uuid, other))
			return fault_set(f, "%s:%ld: workload %.80s again",
			                 v->path, json_line(line), uuid);
	}
	if (!strcmp(status, "ok"))
		return 0;
	if (!verdict_reason(status))
		return fault_set(f, "%s:%ld: unknown status '%.40s'", v->path,
		                 json_line(line), status);
	if (!v->failed)
		v->failed = line;
	return 0;
}

/* All workloads asked for are there, unless one of them failed. */
static int check_complete(const struct verification *v, struct fault *f)
{
	int64_t workloads;
	int finished;

	if (v->failed)
		return 0;
	if (json_want_integer(v->head, "workloads", v->path, &workloads, f))
		return -1;
	if (json_boolean(json_get(v->head, "finished"), &finished) || !finished)
		return fault_set(f, "%s:1: the verification did not finish",
		                 v->path);
	if (workloads < 1 || (uint64_t)workloads != v->count)
		return fault_set(f, "%s:1: want %lld workloads, got %zu",
		                 v->path, (long long)workloads, v->count);
	return 0;
}

int verification_parse(const char *text, const char *path,
                       const struct base *base, struct verification *v,
                       struct fault *f)
{
	const char *at = text;
	long number = 1;
	int failed = 0;

	*v = (struct verification){.path = xstrdup(path)};
	v->head = next_line(path, &at, number, f);
	if (!v->head || check_head(v, base, f))
		failed = -1;
	while (!failed && *at) {
		json *line = next_line(path, &at, ++number, f);

		failed = line ? add_line(v, line, f) : -1;
	}
	return failed ? failed : check_complete(v, f);
}

int verification_read(const char *path, const struct base *base,
                      struct verification *v, struct fault *f)
{
	char *text = file_read(path, MAX_FILE, NULL);
	int failed;

	if (!text) {
		*v = (struct verification){.path = xstrdup(path)};
		return fault_errno(f, "%s", path);
	}
	failed = verification_parse(text, path, base, v, f);
	free(text);
	return failed;
}

void verification_free(struct verification *v)
{
	json_free(v->head);
	for (size_t i = 0; i < v->count; i++)
		json_free(v->line[i]);
	free(v->line);
	free(v->path);
	*v = (struct verification){0};
}
