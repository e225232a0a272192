/* evidence - what the files of an experiment say, checked against each other */
#include "evidence.h"

#include "file.h"
#include "job.h"
#include "lineage.h"
#include "memory.h"
#include "sha256.h"

#include <libgen.h>
#include <stdlib.h>
#include <string.h>

/* The folder is the experiment's, and its source is the one proposed. */
static int check_base(const char *kernel_dir, const char *dir,
                      const struct base *b, struct fault *f)
{
	char *copy = xstrdup(dir), *kernel = xstrdup(kernel_dir), *source;
	char hex[SHA256_HEX];
	int failed = 0;

	if (strcmp(basename(copy), b->experiment))
		failed = fault_set(f, "%s/base.json: of experiment %.80s", dir,
		                   b->experiment);
	else if (strcmp(basename(kernel), b->kernel))
		failed = fault_set(f, "%s/base.json: of kernel %.80s", dir,
		                   b->kernel);
	free(copy);
	free(kernel);
	if (failed)
		return -1;
	source = source_find(dir, "solution", b->device);
	if (!source)
		return fault_set(f, "%s: no solution for %s", dir, b->device);
	if (sha256_file(source, hex))
		failed = fault_errno(f, "%s", source);
	else if (strcmp(hex, b->source))
		failed = fault_set(f,
		                   "%s: not the source that base.json names: "
		                   "it changed since it was proposed",
		                   source);
	free(source);
	return failed;
}

/* A file of the kernel is the one that the experiment was made under. */
static int check_rule(const char *kernel_dir, const char *name, const char *key,
                      const char *dir, const struct base *b, struct fault *f)
{
	char *path = xasprintf("%s/%s", kernel_dir, name);
	char *base = xasprintf("%s/base.json", dir), hex[SHA256_HEX];
	const char *want;
	int failed;

	failed = json_want_string(json_get(b->document, "hashes"), key, base,
	                          &want, f);
	if (!failed && sha256_file(path, hex))
		failed = fault_errno(f, "%s", path);
	else if (!failed && strcmp(hex, want))
		failed = fault_set(f,
		                   "%s: changed since %s was proposed: "
		                   "make rejudge EXP=%s",
		                   path, b->experiment, b->experiment);
	free(path);
	free(base);
	return failed;
}

static int check_build(const char *path, const struct build *build,
                       const struct base *base, struct fault *f)
{
	if (strcmp(build->kernel, base->kernel))
		return fault_set(f, "%s: of kernel %.80s", path, build->kernel);
	if (strcmp(build->device, base->device))
		return fault_set(f, "%s: for device %s", path, build->device);
	if (strcmp(build->source_sha256, base->source))
		return fault_set(f, "%s: of another source than base.json's",
		                 path);
	if (build->harness && strcmp(build->harness, base->reference))
		return fault_set(
		        f,
		        "%s: made under another harness than base.json: "
		        "make rejudge EXP=%s",
		        path, base->experiment);
	return 0;
}

/* A project's harness is what right and fast mean: one in all files. harness is
 * the one that the file at path was made under, NULL for none. */
static int check_harness(const char *path, const struct build *build,
                         const char *harness, struct fault *f)
{
	const char *want = build->harness ? build->harness : "";

	if (strcmp(want, harness ? harness : "") == 0)
		return 0;
	return fault_set(f,
	                 "%s: made under another harness than build.json: "
	                 "nothing can be compared: make rejudge",
	                 path);
}

/* Notes of a bench.tsv without rows, which must be true. */
static int check_unmeasured(struct evidence *e, struct fault *f)
{
	const char *path = e->bench.path;

	e->equal = samples_get_note(&e->bench.samples, "equal");
	e->duplicate = samples_get_note(&e->bench.samples, "duplicate");
	if (!e->equal && !e->duplicate)
		return fault_set(f, "%s: no rows, and no note that says why",
		                 path);
	if (e->equal &&
	    strcmp(e->build.object_sha256, e->base.incumbent_object))
		return fault_set(f,
		                 "%s: equal, it says, but build.json's "
		                 "object_sha256 is not the incumbent's",
		                 path);
	return 0;
}

/* compare.tsv is what the samples say. */
static int check_table(const char *dir, const struct evidence *e,
                       struct fault *f)
{
	char *path = xasprintf("%s/compare.tsv", dir);
	char *found = file_read(path, 16 << 20, NULL);
	char *text = comparison_text(&e->bench.comparison);
	int failed = 0;

	if (!found)
		failed = fault_errno(f, "%s", path);
	else if (strcmp(found, text))
		failed = fault_set(f, "%s: not what compare makes of %s", path,
		                   e->bench.path);
	free(path);
	free(found);
	free(text);
	return failed;
}

/* The confirmation is there if, and only if, it was needed. */
static int read_confirmation(const char *dir, const struct settings *settings,
                             struct evidence *e, struct fault *f)
{
	struct measurements *m = &e->confirm;

	if (measurements_read(dir, "confirm.tsv", settings, &e->verification, m,
	                      f))
		return -1;
	if (e->bench.comparison.decision != DECISION_BETTER)
		return m->samples.count
		               ? fault_set(f, "%s: rows, but %s is not better",
		                           m->path, e->bench.path)
		               : 0;
	if (!m->samples.count)
		return fault_set(f, "%s: no rows, but %s is better", m->path,
		                 e->bench.path);
	if (!strcmp(m->seed, e->bench.seed))
		return fault_set(f, "%s: the seed of %s: no confirmation",
		                 m->path, e->bench.path);
	return 0;
}

/* What would be accepted has been run under the sanitizers that the settings
 * name, unless there is nothing compiled in it. */
static int read_sanitized(const char *dir, const struct settings *settings,
                          struct evidence *e, struct fault *f)
{
	const char *want = settings_string(settings, "sanitize", "");
	const struct measurements *m = &e->confirm;
	const char *language = e->build.language;
	const char *got;
	char *path;
	int failed;

	if (!*want || m->failed || (language && !strcmp(language, "python")) ||
	    m->comparison.decision != DECISION_BETTER)
		return 0;
	path = xasprintf("%s/sanitize.jsonl", dir);
	failed = verification_read(path, &e->base, &e->sanitized, f);
	got = json_string(json_get(e->sanitized.head, "sanitize"));
	if (!failed && (!got || strcmp(got, want)))
		failed = fault_set(f, "%s:1: want sanitize to be '%s'", path,
		                   want);
	free(path);
	return failed;
}

/* From the build on, as far as there is something to know. */
static int read_results(const char *dir, const struct settings *settings,
                        struct evidence *e, struct fault *f)
{
	char *build = xasprintf("%s/build.json", dir);
	char *verify = xasprintf("%s/verify.jsonl", dir);
	int failed = build_read(build, &e->build, f) ||
	             check_build(build, &e->build, &e->base, f);

	if (!failed && e->build.ok)
		failed = verification_read(verify, &e->base, &e->verification,
		                           f);
	if (!failed && e->build.ok)
		failed = check_harness(
		        verify, &e->build,
		        json_string(json_get(e->verification.head, "harness")),
		        f);
	free(build);
	free(verify);
	if (failed || !e->build.ok || e->verification.failed)
		return failed ? -1 : 0;
	if (measurements_read(dir, "bench.tsv", settings, &e->verification,
	                      &e->bench, f))
		return -1;
	if (!e->bench.samples.count)
		return check_unmeasured(e, f);
	if (e->bench.failed)
		return 0;
	if (check_table(dir, e, f))
		return -1;
	return read_confirmation(dir, settings, e, f) ||
	                       read_sanitized(dir, settings, e, f)
	               ? -1
	               : 0;
}

/* What a project's numbers are. */
static void take_rules(const struct settings *s, struct evidence *e)
{
	e->unit = xstrdup(settings_string(s, "unit", "-"));
	e->direction = xstrdup(settings_string(s, "direction", "lower"));
}

int evidence_read(const char *kernel_dir, const char *dir, struct evidence *e,
                  struct fault *f)
{
	char *path = xasprintf("%s/base.json", dir);
	char *rules = xasprintf("%s/settings", kernel_dir);
	struct settings settings = {.count = 0};
	int failed;

	*e = (struct evidence){.build.ok = 0};
	failed = base_read(path, &e->base, f) ||
	         check_base(kernel_dir, dir, &e->base, f) ||
	         check_rule(kernel_dir, "definition.json", "definition", dir,
	                    &e->base, f) ||
	         check_rule(kernel_dir, "settings", "settings", dir, &e->base,
	                    f) ||
	         settings_read(rules, e->base.device, kernel_settings_known,
	                       &settings, f) ||
	         job_trials(&settings, &e->trials, f) ||
	         read_results(dir, &settings, e, f);
	if (!failed && e->build.harness)
		take_rules(&settings, e);
	settings_free(&settings);
	free(path);
	free(rules);
	if (failed)
		evidence_free(e);
	return failed ? -1 : 0;
}

void evidence_free(struct evidence *e)
{
	base_free(&e->base);
	build_free(&e->build);
	verification_free(&e->verification);
	verification_free(&e->sanitized);
	measurements_free(&e->bench);
	measurements_free(&e->confirm);
	free(e->unit);
	free(e->direction);
	free(e->equal);
	free(e->duplicate);
	*e = (struct evidence){.build.ok = 0};
}
