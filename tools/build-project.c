/* build-project - puts a candidate's files into a copy of the user's project
 *
 * The copy, and what the project's build command made of it, lands in
 * CACHE/KEY/tree, where KEY is a hash of all that can change it. Every command
 * of a judgement starts in a fresh copy of that. As build-kernel(1) otherwise.
 */
#include "build.h"
#include "chore.h"
#include "file.h"
#include "job.h"
#include "memory.h"
#include "project.h"
#include "sandbox.h"
#include "tool.h"
#include "toolchain.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SYNOPSIS                                                               \
	"build-project [-H history] [-l lines] -c cache -d cpu|cuda "          \
	"-o build.json kernel_dir source"
#define SOURCE_MAX ((size_t)4 << 20)
#define REPORT_MAX ((size_t)1 << 20)

struct request {
	const char *cache, *device, *output, *history, *lines, *source;
	char kernel_dir[PATH_MAX];
	struct settings settings;
	struct project project;
	struct toolchain toolchain;
	char source_sha256[SHA256_HEX], key[SHA256_HEX];
};

/* What a build came to. */
struct made {
	struct fault why;             /* why it failed */
	char tree_sha256[SHA256_HEX]; /* of what it left; "" if it failed */
	struct command_result command;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* "x.json" becomes "x.log". Caller frees. */
static char *log_path(const char *output)
{
	size_t n = strlen(output);

	if (n > 5 && !strcmp(output + n - 5, ".json"))
		n -= 5;
	return xasprintf("%.*s.log", (int)n, output);
}

/* Takes path. */
static void write_or_die(char *path, const char *text)
{
	if (file_write(path, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", path);
	free(path);
}

/* Equal files under an equal harness are equal code, whatever a build leaves
 * that is never the same twice. */
static void name_entry(struct request *q)
{
	char *all = xasprintf("%s %s %s %s", q->project.sha256,
	                      q->source_sha256, q->toolchain.sha256, q->device);

	sha256_hex(all, strlen(all), q->key);
	free(all);
}

static char *report(const struct request *q, const struct made *m)
{
	json *j = json_object();
	const char *name = strrchr(q->source, '/');
	char *text, *line;

	json_add_string(j, "status", *m->tree_sha256 ? "ok" : "failed");
	json_add_string(j, "kernel", strrchr(q->kernel_dir, '/') + 1);
	json_add_string(j, "device", q->device);
	json_add_string(j, "trust", TRUST_USER);
	json_add_string(j, "source", name ? name + 1 : q->source);
	json_add_string(j, "source_sha256", q->source_sha256);
	if (*m->tree_sha256)
		json_add_string(j, "object_sha256", q->key);
	else
		json_add_null(j, "object_sha256");
	json_add_string(j, "harness_sha256", q->project.sha256);
	json_add_string(j, "tree_sha256", m->tree_sha256);
	json_add_string(j, "key", q->key);
	json_add_string(json_add(j, "command", json_array()), NULL,
	                settings_string(&q->settings, "build", ""));
	json_add_string(j, "compiler", q->toolchain.version);
	json_add_string(j, "toolchain_sha256", q->toolchain.sha256);
	json_add_null(j, "arch");
	json_add_number(j, "seconds",
	                (double)(long)(m->command.seconds * 1000) / 1000);
	text = json_text(j, 2);
	line = xasprintf("%s\n", text);
	free(text);
	json_free(j);
	return line;
}

/* A hash of all that a folder holds. Returns -1 with the fault set. */
static int hash_tree(const struct tree *t, char out[SHA256_HEX],
                     struct fault *f)
{
	char *text = tree_manifest(t, NULL, 0, f);

	if (!text)
		return -1;
	sha256_hex(text, strlen(text), out);
	free(text);
	return 0;
}

/* Is the entry there, as its report says? */
static int is_whole(const struct request *q, const char *entry)
{
	char *path = xasprintf("%s/build.json", entry);
	char *dir = xasprintf("%s/tree", entry), hex[SHA256_HEX] = "-";
	struct build b;
	struct tree t;
	struct fault ignored;
	int whole = 0;

	if (build_read(path, &b, &ignored) == 0) {
		const char *want =
		        json_string(json_get(b.document, "tree_sha256"));

		if (tree_list(dir, "", &t, &ignored) == 0)
			whole = hash_tree(&t, hex, &ignored) == 0;
		whole = whole && b.ok && !strcmp(b.key, q->key) && want &&
		        !strcmp(want, hex);
		tree_free(&t);
		build_free(&b);
	}
	free(path);
	free(dir);
	return whole;
}

/* The report and the log of an entry become ours. */
static void use_entry(const struct request *q, const char *entry)
{
	char *from = xasprintf("%s/build.json", entry);
	char *log = xasprintf("%s/build.log", entry);
	char *to = log_path(q->output);

	build_use(entry);
	if (file_copy(log, to, REPORT_MAX) ||
	    file_copy(from, q->output, REPORT_MAX))
		err(EXIT_TROUBLE, "%s", q->output);
	free(from);
	free(log);
	free(to);
}

/* Is there a report that says that this has failed? */
static int has_failed(const struct request *q)
{
	struct build b;
	struct fault ignored;
	int failed;

	if (build_read(q->output, &b, &ignored))
		return 0;
	failed = !b.ok && !strcmp(b.key, q->key);
	build_free(&b);
	return failed;
}

/* Runs the build command, and looks at what it left. Returns -1 with the reason
 * in m->why. */
static int run_build(const struct request *q, const struct workshop *w,
                     struct made *m, struct tree *t)
{
	const char *command = settings_string(&q->settings, "build", "");
	char *changed;
	struct fault f;

	if (*command &&
	    chore_run(command, &q->settings, w, NULL, &m->command, &f))
		die(&f);
	if (*command && !m->command.ok)
		return fault_set(&m->why, "build: %s", m->command.ended);
	if (project_find_change(&q->project, w->dir, &changed, &m->why))
		return -1;
	if (changed) {
		fault_set(&m->why,
		          "%.200s changed while it was built, and is not in "
		          "the setting edit (what a build makes belongs in "
		          "ignore)",
		          changed);
		free(changed);
		return -1;
	}
	return tree_list(w->dir, "", t, &m->why) ||
	                       hash_tree(t, m->tree_sha256, &m->why)
	               ? -1
	               : 0;
}

/* Moves what was made into the cache as one complete folder. */
static void publish(const struct request *q, const struct made *m,
                    const struct tree *t, const char *entry)
{
	char *fresh = xasprintf("%s/.new-%s", q->cache, q->key);
	char *dir = xasprintf("%s/tree", fresh), *text = report(q, m);
	const char *log = m->command.output ? m->command.output : "";
	struct fault f;

	workshop_publish();
	if ((file_exists(fresh) && dir_remove(fresh)) || dir_make(dir))
		err(EXIT_TROUBLE, "%s", fresh);
	if (tree_copy(t, dir, 0, &f))
		die(&f);
	write_or_die(xasprintf("%s/build.log", fresh), log);
	write_or_die(xasprintf("%s/build.json", fresh), text);
	if (is_whole(q, entry))
		dir_remove(fresh);
	else if ((file_exists(entry) && dir_remove(entry)) ||
	         rename(fresh, entry))
		err(EXIT_TROUBLE, "%s", entry);
	free(text);
	free(dir);
	free(fresh);
}

static void report_failure(const struct request *q, const struct made *m)
{
	const char *says = m->command.output ? m->command.output : "";
	char *text = xasprintf("%s%s\n", says, m->why.text);
	char *log = log_path(q->output);

	write_or_die(xstrdup(log), text);
	free(text);
	text = report(q, m);
	write_or_die(xstrdup(q->output), text);
	free(text);
	warnx("%s: is not built: %s: see %s", q->source, m->why.text, log);
	free(log);
}

static int make_entry(const struct request *q, const struct workshop *w,
                      const char *entry)
{
	static struct made m;
	static struct txtar files;
	static struct tree t;
	struct fault f;

	if (txtar_read(q->source, SOURCE_MAX, &files, &m.why) == 0 &&
	    project_check(&q->project, &files, q->source, &m.why) == 0) {
		if (project_put(&q->project, &files, w->dir, &f))
			die(&f);
		if (run_build(q, w, &m, &t) == 0) {
			publish(q, &m, &t, entry);
			use_entry(q, entry);
			return EXIT_YES;
		}
		*m.tree_sha256 = '\0';
		workshop_check_disk(w->dir);
	}
	report_failure(q, &m);
	return EXIT_NO;
}

static int build(struct request *q)
{
	static struct workshop w;
	char *rules = xasprintf("%s/settings", q->kernel_dir), *entry;
	struct fault f;
	int answer = EXIT_YES;

	workshop_open(&w);
	/* What is in q lives as long as the program. */
	if (settings_read(rules, q->device, kernel_settings_known, &q->settings,
	                  &f) ||
	    project_read(&q->project, q->kernel_dir, &q->settings, &f) ||
	    (q->history && project_check_history(&q->project, q->history, &f)))
		die(&f);
	if (sha256_file(q->source, q->source_sha256))
		err(EXIT_TROUBLE, "%s", q->source);
	if (toolchain_find(&q->toolchain, "cc", "", w.dir, &f)) {
		q->toolchain.version = xstrdup("no cc");
		sha256_hex("", 0, q->toolchain.sha256);
	}
	name_entry(q);
	entry = xasprintf("%s/%s", q->cache, q->key);
	if (!q->lines && has_failed(q))
		answer = EXIT_NO;
	else if (is_whole(q, entry))
		use_entry(q, entry);
	else
		answer = make_entry(q, &w, entry);
	if (q->lines)
		write_or_die(xstrdup(q->lines), q->project.harness);
	dir_remove(w.dir);
	free(rules);
	free(entry);
	return answer;
}

int main(int argc, char **argv)
{
	static struct request q;
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "H:c:d:l:o:")) != -1) {
		if (c == 'H')
			q.history = optarg;
		else if (c == 'c')
			q.cache = optarg;
		else if (c == 'd')
			q.device = optarg;
		else if (c == 'l')
			q.lines = optarg;
		else if (c == 'o')
			q.output = optarg;
		else
			tool_usage(SYNOPSIS);
	}
	if (argc - optind != 2 || !q.cache || !q.device || !q.output)
		tool_usage(SYNOPSIS);
	if (strcmp(q.device, "cpu") && strcmp(q.device, "cuda"))
		errx(EXIT_TROUBLE, "%s: unknown device; want cpu or cuda",
		     q.device);
	sandbox_require();
	if (!realpath(argv[optind], q.kernel_dir))
		err(EXIT_TROUBLE, "%s", argv[optind]);
	q.source = argv[optind + 1];
	return build(&q);
}
