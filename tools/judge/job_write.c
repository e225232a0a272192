/* job_write - gathers what a job needs into its folder */
#include "build.h"
#include "file.h"
#include "hidden.h"
#include "job.h"
#include "job_python.h"
#include "json.h"
#include "memory.h"
#include "python.h"
#include "safetensors.h"
#include "select.h"
#include "sources.h"
#include "trace_set.h"
#include "tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#define MAX_COPY ((size_t)4 << 30)

static int copy(const char *from, const char *dir, const char *name,
                struct fault *f)
{
	char *to = xasprintf("%s/%s", dir, name);
	int failed = file_copy(from, to, MAX_COPY);

	if (failed)
		fault_errno(f, "%s to %s", from, to);
	free(to);
	return failed;
}

static int copy_from(const char *from_dir, const char *dir, const char *name,
                     struct fault *f)
{
	char *from = xasprintf("%s/%s", from_dir, name);
	int failed = copy(from, dir, name, f);

	free(from);
	return failed;
}

/* What build-project made for one role: a folder. */
static int copy_project(const char *dir, const struct build *b,
                        const char *cache, const char *role, struct fault *f)
{
	char *from = build_file(b, cache, "tree");
	char *to = xasprintf("%s/%s", dir, role);
	struct tree t;
	int failed = tree_list(from, "", &t, f);

	if (!failed && mkdir(to, 0700))
		failed = fault_errno(f, "%s", to);
	failed = failed || tree_copy(&t, to, 0, f);
	tree_free(&t);
	free(from);
	free(to);
	return failed ? -1 : 0;
}

/* What build-kernel made for one role. */
static int copy_code(const char *dir, const struct build *b, const char *cache,
                     const char *role, int is_reference, struct fault *f)
{
	static const char *const ending[] = {"so", "cubin"};
	int count = strcmp(b->device, "cuda") == 0 && !is_reference ? 2 : 1;
	int failed = 0;

	if (b->harness)
		return copy_project(dir, b, cache, role, f);
	for (int i = 0; i < count && !failed; i++) {
		char *made = xasprintf("kernel.%s", ending[i]);
		char *name = xasprintf("%s.%s", role, ending[i]);
		char *from = build_file(b, cache, made);

		failed = copy(from, dir, name, f);
		free(made);
		free(name);
		free(from);
	}
	return failed;
}

/* What makes stored tensors runs on a CPU, whatever the device. */
static int copy_generator(const char *dir, const struct job_parts *p,
                          struct fault *f)
{
	struct build b;
	int failed;

	if (!p->generator)
		return 0;
	if (build_read(p->generator, &b, f))
		return -1;
	if (!b.ok || strcmp(b.device, "cpu"))
		failed = fault_set(f, "%s: want code for a CPU", p->generator);
	else
		failed = copy_code(dir, &b, p->cache, "generate", 1, f);
	build_free(&b);
	return failed;
}

/* What all builds of a job share. */
struct origin {
	char device[8];
	char harness[SHA256_HEX]; /* "": a kernel */
	int needs_python;
};

/* The first build says what the others must be. */
static int check_origin(const struct build *b, const char *path, int is_first,
                        const char *kernel, struct origin *o, struct fault *f)
{
	const char *harness = b->harness ? b->harness : "";

	if (is_first) {
		snprintf(o->device, sizeof o->device, "%s", b->device);
		snprintf(o->harness, sizeof o->harness, "%s", harness);
	}
	if (!b->ok)
		return fault_set(f, "%s: it did not compile", path);
	if (strcmp(b->kernel, kernel))
		return fault_set(f, "%s: built for %s, not for %s", path,
		                 b->kernel, kernel);
	if (strcmp(b->device, o->device))
		return fault_set(f, "%s: built for %s, not for %s", path,
		                 b->device, o->device);
	if (strcmp(harness, o->harness))
		return fault_set(f,
		                 "%s: built under another harness than what it "
		                 "is to be compared with: build it again",
		                 path);
	return 0;
}

/* What was built for one role. */
static int copy_build(const char *dir, const struct job_parts *p,
                      const struct build *b, const char *role, int is_reference,
                      struct fault *f)
{
	char *definition, *made;
	int failed;

	if (!b->language)
		return copy_code(dir, b, p->cache, role, is_reference, f);
	definition = xasprintf("%s/definition.json", p->kernel_dir);
	made = build_file(b, p->cache, SOURCES_PYTHON);
	failed = job_python_put(made, definition, dir, role, f);
	free(definition);
	free(made);
	return failed;
}

/* Copies the code of all roles, and says what they are. */
static int copy_builds(const char *dir, const struct job_parts *p,
                       const char *kernel, struct origin *o, struct fault *f)
{
	const char *const path[] = {p->candidate, p->reference, p->incumbent};
	const char *const role[] = {"candidate", "reference", "incumbent"};

	for (int i = 0; i < 3; i++) {
		struct build b;
		int failed = 0;

		if (!path[i])
			continue;
		if (i == 1 && job_python_is(path[i])) {
			if (job_python_copy(path[i], dir, kernel, f))
				return -1;
			o->needs_python = 1;
			continue;
		}
		if (build_read(path[i], &b, f))
			return -1;
		failed = check_origin(&b, path[i], i == 0, kernel, o, f);
		if (!failed && !(b.harness && i == 1))
			failed = copy_build(dir, p, &b, role[i], i == 1, f);
		o->needs_python |= b.language != NULL;
		build_free(&b);
		if (failed)
			return -1;
	}
	return 0;
}

/* What a workload names as path. */
static int copy_blob(const char *dir, const char *list, const char *path,
                     struct fault *f)
{
	char *to = xasprintf("%s/blob/%s", dir, path);
	char *root = trace_set_root(list, path);
	int failed = dir_make_above(to) ? fault_errno(f, "%s", to) : 0;

	if (!failed && !root)
		failed = fault_set(f, "%s: no file %s in the folders above it",
		                   list, path);
	else if (!failed && file_copy_beneath(root, path, to, MAX_COPY))
		failed = fault_errno(f, "%s/%s (want a regular file, no link)",
		                     root, path);
	else if (!failed)
		failed = safetensors_are_beneath(root, path, f);
	free(root);
	free(to);
	return failed ? -1 : 0;
}

static int copy_blobs(const char *dir, const struct definition *d,
                      const struct workload *w, const char *list,
                      struct fault *f)
{
	for (size_t i = 0; i < d->ninputs; i++) {
		if (w->input[i].kind == INPUT_SAFETENSORS &&
		    copy_blob(dir, list, w->input[i].path, f))
			return -1;
	}
	return 0;
}

/* The lines of the chosen workloads; the tensors that they name. */
static int put_workloads(FILE *out, const char *dir, const struct hidden *h,
                         const char *list_path, struct fault *f)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct workload *w = &h->list->item[h->chosen[i]];
		char *line = json_text(w->document, 0);

		fprintf(out, "%s\n", line);
		free(line);
		if (copy_blobs(dir, h->definition, w, list_path, f))
			return -1;
	}
	return 0;
}

/* workloads.jsonl: in a verification, with shapes that are not listed. */
static int write_workloads(const char *dir, const struct hidden *h,
                           const struct job_parts *p, char **record,
                           struct fault *f)
{
	char *path = xasprintf("%s/workloads.jsonl", dir), *text;
	size_t len;
	FILE *out = open_memstream(&text, &len);
	int failed = put_workloads(out, dir, h, p->workloads, f);

	if (!failed && p->phase == PHASE_VERIFY)
		failed = hidden_add(h, out, record, f);
	fclose(out);
	if (!failed && file_write(path, text, len))
		failed = fault_errno(f, "%s", path);
	free(text);
	free(path);
	return failed;
}

static int check_uuids(const struct workload_list *list, const char *path,
                       struct fault *f)
{
	for (size_t i = 0; i < list->count; i++) {
		if (workload_is_hidden(list->item[i].uuid))
			return fault_set(f,
			                 "%s:%ld: want a uuid that does not "
			                 "begin with " HIDDEN_UUID,
			                 path, list->item[i].line);
	}
	return 0;
}

/* *record becomes what is hidden, or stays NULL. */
static int write_problem(const char *dir, const struct job_parts *p,
                         const struct definition *d, const struct settings *s,
                         uint64_t seed, char **record, struct fault *f)
{
	char *generator =
	        p->generator ? xasprintf("%s/generate.so", dir) : NULL;
	struct workload_list list;
	size_t *chosen = NULL;
	int count = -1, failed;

	failed = workload_list_read(p->workloads, d, &list, f);
	if (!failed)
		failed = check_uuids(&list, p->workloads, f);
	if (!failed)
		count = select_workloads(d, &list, s, p->select, &chosen, f);
	if (!failed && count > 0) {
		const struct hidden h = {.dir = dir,
		                         .definition = d,
		                         .settings = s,
		                         .list = &list,
		                         .chosen = chosen,
		                         .count = (size_t)count,
		                         .seed = seed,
		                         .generator = generator};

		failed = write_workloads(dir, &h, p, record, f);
	}
	free(chosen);
	free(generator);
	workload_list_free(&list);
	return failed || count < 1 ? -1 : 0;
}

/* What nobody draws twice, as a string. */
static int draw_nonce(char out[JOB_NONCE], struct fault *f)
{
	unsigned char bytes[(JOB_NONCE - 1) / 2];

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return fault_errno(f, "getrandom");
	for (size_t i = 0; i < sizeof bytes; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
	return 0;
}

static int write_head(const char *dir, const struct job_parts *p,
                      const struct settings *s, const struct origin *o,
                      uint64_t seed, const char *hidden, struct fault *f)
{
	int is_bench = p->phase == PHASE_BENCH, failed;
	const char *host = getenv("ALLOW_HOST_TIMED");
	char *path, *text, *python = NULL, nonce[JOB_NONCE];
	double budget;

	if (draw_nonce(nonce, f) || job_seconds(s, &budget, f))
		return -1;
	if (p->budget_s > 0)
		budget = p->budget_s;
	if (o->needs_python && !(python = python_find(f)))
		return -1;
	path = xasprintf("%s/job", dir);
	text = xasprintf(
	        "phase = %s\ndevice = %s\nnonce = %s\nseed = 0x%016llx\n"
	        "budget_s = %.3f\nhidden = %s\nsanitize = %s\nharness = %s\n"
	        "python = %s\nhost = %s\n%s",
	        is_bench ? "bench" : "verify", s->device, nonce,
	        (unsigned long long)seed,
	        budget * (is_bench ? JOB_SHARE_BENCH : JOB_SHARE_VERIFY),
	        hidden ? hidden : "none", p->sanitize ? p->sanitize : "",
	        o->harness, python ? python : "", host && *host ? "yes" : "no",
	        p->is_confirmation ? "confirm = yes\n" : "");
	failed = file_write(path, text, strlen(text)) || chmod(path, 0600);
	if (failed)
		fault_errno(f, "%s", path);
	free(python);
	free(path);
	free(text);
	return failed ? -1 : 0;
}

/* What is in the folder besides code. */
static int write_texts(const char *dir, const struct job_parts *p,
                       const struct definition *d, const struct settings *s,
                       const struct origin *o, struct fault *f)
{
	char *hidden = NULL;
	uint64_t seed;
	int failed;

	if (getrandom(&seed, sizeof seed, 0) != sizeof seed)
		return fault_errno(f, "getrandom");
	failed = write_problem(dir, p, d, s, seed, &hidden, f) ||
	         write_head(dir, p, s, o, seed, hidden, f) ||
	         copy_from(p->kernel_dir, dir, "definition.json", f) ||
	         copy_from(p->kernel_dir, dir, "settings", f);
	free(hidden);
	return failed ? -1 : 0;
}

int job_write(const char *dir, const struct job_parts *p, struct fault *f)
{
	char *definition = xasprintf("%s/definition.json", p->kernel_dir);
	char *settings = xasprintf("%s/settings", p->kernel_dir);
	struct definition *d = definition_read(definition, f);
	struct settings s;
	struct origin o = {"", "", 0};
	int failed = -1;

	if (d && copy_builds(dir, p, d->name, &o, f) == 0 &&
	    copy_generator(dir, p, f) == 0 &&
	    settings_read(settings, o.device, kernel_settings_known, &s, f) ==
	            0) {
		failed = write_texts(dir, p, d, &s, &o, f);
		settings_free(&s);
	}
	definition_free(d);
	free(definition);
	free(settings);
	return failed ? -1 : 0;
}
