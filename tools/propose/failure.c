/* failure - what the build or the checks say against a candidate */
#include "failure.h"
#include "evidence.h"
#include "file.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_MAX ((size_t)64 << 20)
#define MOST_WORKLOADS 8

static int find_build(const char *dir, char **details, struct fault *f)
{
	char *path = xasprintf("%s/build.json", dir);
	char *log = xasprintf("%s/build.log", dir);
	struct build b;
	int found = 0;

	if (file_exists(path)) {
		found = build_read(path, &b, f);
		if (!found && !b.ok) {
			*details = file_read(log, LOG_MAX, NULL);
			found = *details ? 1 : fault_errno(f, "%s", log);
		}
		build_free(&b);
	}
	free(path);
	free(log);
	return found;
}

/* The workloads that failed, with their axes and the reason of each. */
static char *print_failed(const struct verification *v)
{
	char *text;
	size_t len;
	FILE *p = xmemstream(&text, &len);
	size_t n = 0;

	for (size_t i = 0; i < v->count; i++) {
		const char *status =
		        json_string(json_get(v->line[i], "status"));
		const char *detail =
		        json_string(json_get(v->line[i], "detail"));
		char *axes;

		if (strcmp(status, "ok") == 0)
			continue;
		if (n++ == MOST_WORKLOADS)
			continue;
		axes = json_get(v->line[i], "axes")
		               ? json_text(json_get(v->line[i], "axes"), 0)
		               : xstrdup("{}");
		fprintf(p, "%s, with axes %s: %s\n", status, axes,
		        detail ? detail : "");
		free(axes);
	}
	fprintf(p, "%zu of %zu workloads failed\n", n, v->count);
	fclose(p);
	return text;
}

static int find_checks(const char *dir, const struct base *base, char **details,
                       struct fault *f)
{
	char *path = xasprintf("%s/verify.jsonl", dir);
	struct verification v;
	int found = 0;

	if (file_exists(path)) {
		found = verification_read(path, base, &v, f);
		if (!found && v.failed) {
			*details = print_failed(&v);
			found = 1;
		}
		verification_free(&v);
	}
	free(path);
	return found;
}

int failure_find(const char *dir, const struct base *base, const char **what,
                 char **details, struct fault *f)
{
	int found = find_build(dir, details, f);

	*what = "build";
	if (found)
		return found;
	*what = "verify";
	return find_checks(dir, base, details, f);
}
