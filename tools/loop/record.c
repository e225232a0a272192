/* record - all that an experiment's files say, read for its last page */
#include "record.h"
#include "diff.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_BYTES ((size_t)64 << 20)

static char *path_in(const struct record *r, const char *name)
{
	return xasprintf("%s/%s", r->dir, name);
}

/* An array of the lines' documents. */
static json *read_lines(char *path, struct fault *f)
{
	char *text = file_read(path, FILE_MAX_BYTES, NULL);
	json *list = text ? json_array() : NULL;
	long number = 1;

	if (!text)
		fault_errno(f, "%s", path);
	for (char *p = text, *end; list && *p; p = end + (*end != '\0')) {
		json *line;

		end = p + strcspn(p, "\n");
		line = json_parse(p, (size_t)(end - p), path, number++, f);
		if (!line) {
			json_free(list);
			list = NULL;
			break;
		}
		json_add(list, NULL, line);
	}
	free(text);
	free(path);
	return list;
}

static int read_records(struct record *r, struct fault *f)
{
	char *base = path_in(r, "base.json"), *build = path_in(r, "build.json");
	char *verdict = path_in(r, "verdict.json");
	int failed;

	failed = base_read(base, &r->base, f) ||
	         verdict_read(verdict, &r->verdict, f) ||
	         !(r->build = json_read(build, f)) ||
	         !(r->checks = read_lines(path_in(r, "verify.jsonl"), f));
	free(base);
	free(build);
	free(verdict);
	return failed ? -1 : 0;
}

/* The path of the incumbent's source. Where its experiment was removed it still
 * stands, until a candidate takes its place. */
static char *find_incumbent(const struct record *r, struct fault *f)
{
	char *path = source_of(r->experiments, r->kernel_dir, r->base.device,
	                       r->base.incumbent, f);
	char hex[SHA256_HEX];

	if (path)
		return path;
	path = source_find(r->kernel_dir, "solution", r->base.device);
	if (path && sha256_file(path, hex) == 0 &&
	    strcmp(hex, r->base.incumbent_source) == 0)
		return path;
	free(path);
	return NULL;
}

static int read_sources(struct record *r, struct fault *f)
{
	char *log = path_in(r, "build.log");

	r->log = file_read(log, FILE_MAX_BYTES, NULL);
	if (!r->log)
		r->log = xstrdup("");
	free(log);
	r->source = source_find(r->dir, "solution", r->base.device);
	if (!r->source)
		return fault_set(f, "%s: its solution is missing", r->dir);
	r->before = find_incumbent(r, f);
	if (!r->before)
		return -1;
	r->candidate = file_read(r->source, SOURCE_MAX, NULL);
	if (!r->candidate)
		return fault_errno(f, "%s", r->source);
	r->incumbent = file_read(r->before, SOURCE_MAX, NULL);
	if (!r->incumbent)
		return fault_errno(f, "%s", r->before);
	return 0;
}

int record_read(const char *dir, const char *kernel_dir,
                const char *experiments, const char *workloads,
                struct record *out, struct fault *f)
{
	char *path = xasprintf("%s/definition.json", kernel_dir);

	*out = (struct record){.dir = dir,
	                       .kernel_dir = kernel_dir,
	                       .experiments = experiments};
	out->definition = definition_read(path, f);
	free(path);
	if (!out->definition ||
	    workload_list_read(workloads, out->definition, &out->workloads,
	                       f) ||
	    read_records(out, f) || read_sources(out, f)) {
		record_free(out);
		return -1;
	}
	return 0;
}

void record_free(struct record *r)
{
	base_free(&r->base);
	verdict_free(&r->verdict);
	json_free(r->build);
	json_free(r->checks);
	workload_list_free(&r->workloads);
	definition_free(r->definition);
	free(r->log);
	free(r->source);
	free(r->candidate);
	free(r->before);
	free(r->incumbent);
	*r = (struct record){0};
}

static const json *with_uuid(const json *list, const char *uuid)
{
	for (const json *v = json_first(list); v; v = json_next(v)) {
		const char *s = json_string(json_get(v, "uuid"));

		if (s && strcmp(s, uuid) == 0)
			return v;
	}
	return NULL;
}

const json *record_check(const struct record *r, const char *uuid)
{
	return with_uuid(r->checks, uuid);
}

const json *record_timing(const struct record *r, const char *uuid)
{
	return with_uuid(json_get(r->verdict.document, "workloads"), uuid);
}

char *record_change(const struct record *r)
{
	const char *name = strrchr(r->source, '/') + 1;
	char *from = xasprintf("%s/%s", r->base.incumbent, name);
	char *to = xasprintf("%s/%s", r->base.experiment, name);
	struct diff_side before = {from, r->incumbent, strlen(r->incumbent)};
	struct diff_side after = {to, r->candidate, strlen(r->candidate)};
	char *change = diff_unified(&before, &after);

	free(from);
	free(to);
	return change;
}
