/* build-kernel - compiles a solution into a shared object and a cubin
 *
 * Code lands in CACHE/KEY, where KEY is a hash of everything that can change
 * it, so an entry is made once and never altered: it is filled under another
 * name and renamed when complete. A compiler sees one fixed folder, so that
 * equal text gives equal code wherever the clone lies.
 */
#include "build.h"
#include "command.h"
#include "file.h"
#include "job.h"
#include "memory.h"
#include "recipe.h"
#include "sandbox.h"
#include "tool.h"
#include "workshop.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS                                                               \
	"build-kernel [-rv] [-a arch] [-z sanitizers] -c cache -d cpu|cuda "   \
	"-o build.json kernel_dir source"
#define COMPILE_LIMIT_S 120
#define OBJECT_MAX ((size_t)1 << 30)

static int is_verbose;

struct request {
	const char *cache, *device, *arch, *sanitize, *output, *kernel_dir,
	        *source;
	int report;
};

/* "x.json" becomes "x.log". */
static char *log_path(const char *output)
{
	size_t n = strlen(output);

	if (n > 5 && !strcmp(output + n - 5, ".json"))
		n -= 5;
	return xasprintf("%.*s.log", (int)n, output);
}

static void write_or_die(const char *path, const char *text)
{
	if (file_write(path, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", path);
}

static void copy_or_die(const char *from, const char *to)
{
	if (file_copy(from, to, OBJECT_MAX))
		err(EXIT_TROUBLE, "%s", to);
}

/* The compiler made it, so it may be anything. */
static void keep_or_die(const char *dir, const char *name, const char *to)
{
	if (file_copy_beneath(dir, name, to, OBJECT_MAX))
		err(EXIT_TROUBLE, "%s/%s", dir, name);
}

static char *report(const struct request *q, const struct recipe *r,
                    const struct sources *s, const char *object_sha256,
                    double seconds)
{
	json *j = json_object(), *command = json_array();
	char **argv = toolchain_words(r->line);
	char *kernel = strrchr(q->kernel_dir, '/') + 1, *text, *line;

	json_add_string(j, "status", object_sha256 ? "ok" : "failed");
	json_add_string(j, "kernel", kernel);
	json_add_string(j, "device", q->device);
	json_add_string(j, "source", s->name);
	json_add_string(j, "source_sha256", s->sha256);
	if (object_sha256)
		json_add_string(j, "object_sha256", object_sha256);
	else
		json_add_null(j, "object_sha256");
	json_add_string(j, "key", r->key);
	if (s->language)
		json_add_string(j, "language", s->language);
	json_add_string(j, "symbol", s->language ? s->symbol : "__tvm_ffi_run");
	for (char **w = argv; *w; w++)
		json_add_string(command, NULL, *w);
	json_add(j, "command", command);
	json_add_string(j, "compiler", r->toolchain.version);
	json_add_string(j, "toolchain_sha256", r->toolchain.sha256);
	if (r->arch)
		json_add_string(j, "arch", r->arch);
	else
		json_add_null(j, "arch");
	json_add_number(j, "seconds", (double)(long)(seconds * 1000) / 1000);
	json_add_string(j, "flashinfer_bench", r->flashinfer_bench);
	text = json_text(j, 2);
	line = xasprintf("%s\n", text);
	free(text);
	free(argv[0]);
	free(argv);
	json_free(j);
	return line;
}

/* Where the compiler left the cubin: its name varies with nvcc's version. */
static char *find_cubin(const struct recipe *r, const char *dir)
{
	char *plain = xasprintf("%s/%s.cubin", dir, r->cubin);
	int is_plain = file_exists(plain);

	free(plain);
	return is_plain ? xasprintf("%s.cubin", r->cubin)
	                : xasprintf("%s.%s.cubin", r->cubin, r->arch);
}

/* Is there an entry for this key, with all that it should have? */
static int is_whole(const struct request *q, const struct recipe *r)
{
	char *path = xasprintf("%s/%s/build.json", q->cache, r->key);
	struct build b;
	struct fault ignored;
	int whole = 0;

	if (build_read(path, &b, &ignored) == 0) {
		whole = b.ok && !strcmp(b.key, r->key) &&
		        build_is_cached(&b, q->cache);
		build_free(&b);
	}
	free(path);
	return whole;
}

/* Moves what the compiler made into the cache as one complete folder. */
static void publish(const struct request *q, const struct recipe *r,
                    const struct sources *s, const char *dir,
                    const struct command_result *made)
{
	char *entry = xasprintf("%s/%s", q->cache, r->key);
	char *fresh = xasprintf("%s/.new-%s", q->cache, r->key);
	char *text, *path;
	char hash[SHA256_HEX];

	workshop_publish();
	if ((file_exists(fresh) && dir_remove(fresh)) || dir_make(fresh))
		err(EXIT_TROUBLE, "%s", fresh);
	path = xasprintf("%s/%s", fresh, r->object);
	keep_or_die(dir, r->object, path);
	if (r->cubin) {
		char *cubin = find_cubin(r, dir);

		free(path);
		path = xasprintf("%s/kernel.cubin", fresh);
		keep_or_die(dir, cubin, path);
		free(cubin);
	}
	if (build_object_hash(fresh, hash))
		err(EXIT_TROUBLE, "%s", fresh);
	text = report(q, r, s, hash, made->seconds);
	free(path);
	path = xasprintf("%s/build.log", fresh);
	write_or_die(path, made->output);
	free(path);
	path = xasprintf("%s/build.json", fresh);
	write_or_die(path, text);
	/* Another may have been faster; what is not whole was in the way. */
	if (is_whole(q, r))
		dir_remove(fresh);
	else if ((file_exists(entry) && dir_remove(entry)) ||
	         rename(fresh, entry))
		err(EXIT_TROUBLE, "%s", entry);
	free(entry);
	free(fresh);
	free(path);
	free(text);
}

/* If there is an entry for this key, its report and log are the answer. */
static int use_entry(const struct request *q, const struct recipe *r)
{
	char *from = xasprintf("%s/%s/build.json", q->cache, r->key);
	char *log = xasprintf("%s/%s/build.log", q->cache, r->key);
	char *to = log_path(q->output);
	int found = is_whole(q, r);

	if (found) {
		copy_or_die(log, to);
		copy_or_die(from, q->output);
	}
	free(from);
	free(log);
	free(to);
	return found;
}

/* Does the report that is here already say the same? Returns its exit code,
 * or -1. */
static int use_report(const struct request *q, const struct recipe *r)
{
	struct build b;
	struct fault ignored;
	int answer = -1;

	if (build_read(q->output, &b, &ignored))
		return -1;
	if (!strcmp(b.key, r->key)) {
		if (!b.ok)
			answer = EXIT_NO;
		else if (build_is_cached(&b, q->cache))
			answer = EXIT_YES;
	}
	build_free(&b);
	return answer;
}

static void report_failure(const struct request *q, const struct recipe *r,
                           const struct sources *s,
                           const struct command_result *made)
{
	char *log = log_path(q->output);
	char *text =
	        xasprintf("%s%.*s: %s\n", made->output,
	                  (int)strcspn(r->line, " "), r->line, made->ended);

	write_or_die(log, text);
	free(text);
	text = report(q, r, s, NULL, made->seconds);
	write_or_die(q->output, text);
	warnx("%s: does not compile: %s", q->source, log);
	free(text);
	free(log);
}

/* The folders that the command names, -I/... and -L/...; ends with NULL. */
static const char **folders_of(char *const *argv)
{
	const char **folder = NULL;
	size_t n = 0;

	for (; *argv; argv++) {
		folder = xrealloc(folder, n + 2, sizeof *folder);
		if ((!strncmp(*argv, "-I/", 3) || !strncmp(*argv, "-L/", 3)) &&
		    file_exists(*argv + 2))
			folder[n++] = *argv + 2;
		folder[n] = NULL;
	}
	return folder;
}

/* A compiler that says it did well has left what we take, or it failed. */
static void check_result(const struct recipe *r, const char *dir,
                         struct command_result *made)
{
	char *cubin = r->cubin ? find_cubin(r, dir) : NULL;
	const char *const name[] = {r->object, cubin};

	for (size_t i = 0; i < 2 && name[i] && made->ok; i++) {
		int fd = file_open_beneath(dir, name[i]);

		made->ok = fd >= 0;
		if (fd >= 0)
			close(fd);
		else
			snprintf(made->ended, sizeof made->ended, "%s: %s",
			         name[i], strerror(errno));
	}
	free(cubin);
}

static int compile(const struct request *q, const struct recipe *r,
                   const struct sources *s, const struct workshop *w)
{
	char **argv = toolchain_words(r->line);
	const char **folders = folders_of(argv);
	struct command c = {.file = r->toolchain.program,
	                    .argv = argv,
	                    .dir = w->dir,
	                    .limit_s = COMPILE_LIMIT_S,
	                    .reads = folders,
	                    .seen_as = w->seen_as};
	struct command_result made;
	struct fault f;
	int answer = EXIT_NO;

	if (is_verbose)
		warnx("%s", r->line);
	if (sources_write(s, w->dir, &f) || command_run(&c, &made, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	check_result(r, w->dir, &made);
	if (made.ok) {
		publish(q, r, s, w->dir, &made);
		answer = use_entry(q, r) ? EXIT_YES : EXIT_TROUBLE;
	} else {
		workshop_check_disk(w->dir);
		report_failure(q, r, s, &made);
	}
	free(made.output);
	free(folders);
	free(argv[0]);
	free(argv);
	return answer;
}

static int build(const struct request *q)
{
	static struct settings settings;
	static struct sources s;
	static struct recipe r;
	static struct workshop w;
	char *path = xasprintf("%s/settings", q->kernel_dir);
	struct fault f;
	int answer;

	workshop_open(&w);
	/* What is static lives as long as the program. */
	if (settings_read(path, q->device, kernel_settings_known, &settings,
	                  &f) ||
	    sources_read(&s, q->source, q->device, &f) ||
	    recipe_make(&r, &s, q->device, q->arch, q->sanitize, q->report,
	                &settings, q->kernel_dir, w.dir, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	answer = use_report(q, &r);
	if (answer < 0 && use_entry(q, &r))
		answer = EXIT_YES;
	if (answer < 0)
		answer = compile(q, &r, &s, &w);
	dir_remove(w.dir);
	free(path);
	return answer;
}

int main(int argc, char **argv)
{
	struct request q = {0};
	char kernel_dir[PATH_MAX];
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "a:c:d:o:rvz:")) != -1) {
		if (c == 'a')
			q.arch = optarg;
		else if (c == 'z')
			q.sanitize = optarg;
		else if (c == 'c')
			q.cache = optarg;
		else if (c == 'd')
			q.device = optarg;
		else if (c == 'o')
			q.output = optarg;
		else if (c == 'r')
			q.report = 1;
		else if (c == 'v')
			is_verbose = 1;
		else
			tool_usage(SYNOPSIS);
	}
	if (argc - optind != 2 || !q.cache || !q.device || !q.output)
		tool_usage(SYNOPSIS);
	if (strcmp(q.device, "cpu") && strcmp(q.device, "cuda"))
		errx(EXIT_TROUBLE, "%s: unknown device; want cpu or cuda",
		     q.device);
	sandbox_require();
	if (!realpath(argv[optind], kernel_dir))
		err(EXIT_TROUBLE, "%s", argv[optind]);
	q.kernel_dir = kernel_dir;
	q.source = argv[optind + 1];
	return build(&q);
}
