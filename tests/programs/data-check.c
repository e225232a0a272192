/* data-check - loads documents and prints them again, or says what is wrong
 *
 * data-check definition FILE...
 * data-check workload DEFINITION FILE
 * data-check solution FILE...
 * data-check trace FILE...             JSONL
 * data-check safetensors FILE...       key, dtype, shape and digest of each
 * data-check copy-safetensors IN OUT
 * data-check make-solution FILE DEVICE of one source
 * data-check make-trace LIST STATUS    for every workload of a list
 */
#include "definition.h"
#include "file.h"
#include "memory.h"
#include "packed.h"
#include "safetensors.h"
#include "sha256.h"
#include "solution.h"
#include "tool.h"
#include "trace.h"
#include "workload.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_FILE ((size_t)64 << 20)

static void print_document(const json *v, int indent)
{
	char *text = json_text(v, indent);

	puts(text);
	free(text);
}

static int check_definition(const char *path, struct fault *f)
{
	struct definition *d = definition_read(path, f);

	if (!d)
		return -1;
	print_document(d->document, 2);
	definition_free(d);
	return 0;
}

static int check_workloads(const char *definition, const char *path,
                           struct fault *f)
{
	struct definition *d = definition_read(definition, f);
	struct workload_list list;
	int failed = -1;

	if (d)
		failed = workload_list_read(path, d, &list, f);
	if (!failed) {
		for (size_t i = 0; i < list.count; i++)
			print_document(list.item[i].document, 0);
		workload_list_free(&list);
	}
	definition_free(d);
	return failed;
}

static int check_solution(const char *path, struct fault *f)
{
	struct solution *s = solution_read(path, f);

	if (!s)
		return -1;
	print_document(s->document, 2);
	solution_free(s);
	return 0;
}

static int check_safetensors(const char *path, struct fault *f)
{
	struct safetensors s;

	if (safetensors_read(path, &s, f))
		return -1;
	for (size_t i = 0; i < s.count; i++) {
		const struct safetensor *t = &s.item[i];
		char digest[SHA256_HEX];

		sha256_hex(t->data, t->bytes, digest);
		printf("%s %s", t->key, dtype_name(t->dtype));
		for (int k = 0; k < t->ndim; k++)
			printf(" %lld", (long long)t->shape[k]);
		printf(" %s\n", digest);
		if (!safetensors_find(&s, t->key))
			errx(EXIT_NO, "%s: not found again", t->key);
	}
	safetensors_free(&s);
	return 0;
}

static int copy_safetensors(const char *from, const char *to, struct fault *f)
{
	struct safetensors s;
	int failed;

	if (safetensors_read(from, &s, f))
		return -1;
	failed = safetensors_write(to, s.item, s.count, f);
	safetensors_free(&s);
	return failed;
}

/* What a solution of ours is to FlashInfer-Bench. */
static int make_solution(const char *path, const char *device, struct fault *f)
{
	static struct sources s; /* lives as long as the program */
	json *doc;

	if (sources_read(&s, path, device, f))
		return -1;
	doc = packed_solution(&s, device, "made", "gemm_small", "us");
	print_document(doc, 2);
	json_free(doc);
	return 0;
}

/* One line of a JSONL file: a trace is checked, or made of its workload. */
static int one_line(char *text, const char *path, long line, const char *status,
                    struct fault *f)
{
	json *v = json_parse(text, strlen(text), path, line, f), *made;
	struct trace t = {.solution = "made",
	                  .status = status,
	                  .hardware = "cpu",
	                  .libs = {{"cuda", "13.0"}},
	                  .timestamp = "2026-01-02T03:04:05",
	                  .max_relative_error = NAN,
	                  .max_absolute_error = INFINITY,
	                  .latency_ms = 0.1,
	                  .reference_latency_ms = 0.3,
	                  .speedup_factor = 3};

	if (!v)
		return -1;
	if (trace_check(v, path, f)) {
		json_free(v);
		return -1;
	}
	if (!status) {
		print_document(v, 0);
	} else {
		t.definition = json_string(json_get(v, "definition"));
		t.workload = json_get(v, "workload");
		made = trace_document(&t);
		print_document(made, 0);
		json_free(made);
	}
	json_free(v);
	return 0;
}

static int each_line(const char *path, const char *status, struct fault *f)
{
	char *text = file_read(path, MAX_FILE, NULL), *at = text;
	int failed = 0;

	if (!text)
		return fault_errno(f, "%s", path);
	for (long line = 1; *at && !failed; line++) {
		char *end = at + strcspn(at, "\n");
		int is_last = *end == '\0';

		*end = '\0';
		failed = one_line(at, path, line, status, f);
		at = is_last ? end : end + 1;
	}
	free(text);
	return failed;
}

static int check(const char *kind, char **file, struct fault *f)
{
	if (strcmp(kind, "definition") == 0)
		return check_definition(file[0], f);
	if (strcmp(kind, "solution") == 0)
		return check_solution(file[0], f);
	if (strcmp(kind, "safetensors") == 0)
		return check_safetensors(file[0], f);
	if (strcmp(kind, "trace") == 0)
		return each_line(file[0], NULL, f);
	return fault_set(f, "unknown kind %s", kind);
}

static int with_two(const char *kind, char **file, struct fault *f)
{
	if (strcmp(kind, "workload") == 0)
		return check_workloads(file[0], file[1], f);
	if (strcmp(kind, "copy-safetensors") == 0)
		return copy_safetensors(file[0], file[1], f);
	if (strcmp(kind, "make-solution") == 0)
		return make_solution(file[0], file[1], f);
	if (strcmp(kind, "make-trace") == 0)
		return each_line(file[0], file[1], f);
	return 1;
}

int main(int argc, char **argv)
{
	struct fault f;
	int failed;

	tool_start();
	if (argc < 3)
		tool_usage("data-check KIND FILE...");
	failed = argc == 4 ? with_two(argv[1], argv + 2, &f) : 1;
	if (failed == 1) {
		failed = 0;
		for (int i = 2; i < argc && !failed; i++)
			failed = check(argv[1], argv + i, &f);
	}
	if (failed)
		errx(EXIT_TROUBLE, "%s", f.text);
	return EXIT_YES;
}
