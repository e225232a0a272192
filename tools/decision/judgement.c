/* judgement - the decision on an experiment, as verdict.json */
#include "judgement.h"

#include "finding.h"
#include "launches.h"
#include "memory.h"
#include "project.h"
#include "sha256.h"
#include "verdict.h"
#include "workload.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number rounded to so many digits after the point, or null. */
static void add_rounded(json *o, const char *key, double x, int digits)
{
	char text[400];

	if (!isfinite(x)) {
		json_add_null(o, key);
		return;
	}
	snprintf(text, sizeof text, "%.*f", digits, x);
	json_add_number(o, key, strtod(text, NULL));
}

static void add_text(json *o, const char *key, const char *text)
{
	if (text)
		json_add_string(o, key, text);
	else
		json_add_null(o, key);
}

static void add_head_text(json *o, const char *key, const struct evidence *e)
{
	add_text(o, key, json_string(json_get(e->verification.head, key)));
}

/* Which machines measured, as they say; each once. */
static void add_nodes(json *d, const struct evidence *e)
{
	const char *verify =
	        json_string(json_get(e->verification.head, "node"));
	char *bench = samples_get_note(&e->bench.samples, "node");
	char *confirm = samples_get_note(&e->confirm.samples, "node");
	const char *const node[] = {verify, bench, confirm};
	char *all = xstrdup("");

	for (int i = 0; i < 3; i++) {
		int seen = !node[i];
		char *more;

		for (int k = 0; k < i && !seen; k++)
			seen = node[k] && strcmp(node[k], node[i]) == 0;
		if (seen)
			continue;
		more = xasprintf("%s%s%s", all, *all ? ", " : "", node[i]);
		free(all);
		all = more;
	}
	if (*all)
		json_add_string(d, "node", all);
	free(all);
	free(bench);
	free(confirm);
}

/* A lower number is a weaker jail. */
static int level_of(const char *sandbox)
{
	return !strcmp(sandbox, "bwrap")       ? 2
	       : !strcmp(sandbox, "container") ? 1
	                                       : 0;
}

/* The weakest of the jails that it was judged in. */
static void add_sandbox(json *d, const struct evidence *e)
{
	const struct samples *s[] = {&e->bench.samples, &e->confirm.samples};
	const char *head =
	        json_string(json_get(e->verification.head, "sandbox"));
	char *weakest = xstrdup(head ? head : "none");

	for (size_t i = 0; i < 2; i++) {
		char *note = samples_get_note(s[i], "sandbox");

		if (note && level_of(note) < level_of(weakest)) {
			free(weakest);
			weakest = xstrdup(note);
		}
		free(note);
	}
	add_text(d, "sandbox", head ? weakest : NULL);
	free(weakest);
}

/* An incumbent takes part in a measurement alone. */
static void add_timing(json *d, const struct evidence *e)
{
	if (e->bench.timing)
		add_text(d, "timing", e->bench.timing);
	else
		add_head_text(d, "timing", e);
}

static const struct comparison_cell *find_cell(const struct finding *found,
                                               const char *uuid)
{
	const struct comparison *c;

	if (!found->numbers)
		return NULL;
	c = &found->numbers->comparison;
	for (size_t i = 0; i < c->count; i++)
		if (c->cell[i].is_deciding &&
		    !strcmp(c->cell[i].workload, uuid))
			return &c->cell[i];
	return NULL;
}

/* The medians of the modes that do not decide. */
static void add_modes(json *o, const struct finding *found, const char *uuid)
{
	const struct comparison *c = &found->numbers->comparison;
	json *modes = NULL;

	for (size_t i = 0; i < c->count; i++) {
		const struct comparison_cell *cell = &c->cell[i];
		json *mode;

		if (cell->is_deciding || strcmp(cell->workload, uuid))
			continue;
		if (!modes)
			modes = json_add(o, "modes", json_object());
		mode = json_add(modes, cell->mode, json_object());
		add_rounded(mode, "candidate_us", cell->candidate_us, 3);
		add_rounded(mode, "incumbent_us", cell->incumbent_us, 3);
	}
}

static void add_workloads(json *d, const struct evidence *e,
                          const struct finding *found)
{
	json *list = json_add(d, "workloads", json_array());
	int digits = found->numbers ? found->numbers->comparison.digits : 0;

	for (size_t i = 0; i < e->verification.count; i++) {
		const json *line = e->verification.line[i];
		const char *uuid = json_string(json_get(line, "uuid"));
		const struct comparison_cell *cell = find_cell(found, uuid);
		json *o;

		if (workload_is_hidden(uuid) && line != e->verification.failed)
			continue;
		o = json_add(list, NULL, json_object());

		json_add_string(o, "uuid", uuid);
		json_add_string(o, "status",
		                json_string(json_get(line, "status")));
		add_rounded(o, "candidate_us",
		            cell ? cell->candidate_us : (double)NAN, digits);
		add_rounded(o, "incumbent_us",
		            cell ? cell->incumbent_us : (double)NAN, digits);
		add_rounded(o, "speedup",
		            cell ? cell->estimate.ratio : (double)NAN, 6);
		if (cell)
			add_modes(o, found, uuid);
	}
}

static void add_numbers(json *d, const struct finding *found)
{
	struct comparison none = {.min_effect = (double)NAN,
	                          .all = {0, NAN, NAN, NAN, NAN},
	                          .aa = {0, NAN, NAN, NAN, NAN}};
	const struct comparison *c =
	        found->numbers ? &found->numbers->comparison : &none;
	json *aa;

	add_rounded(d, "speedup", c->all.ratio, 6);
	add_rounded(d, "ci_low", isfinite(c->all.high) ? c->all.low : NAN, 6);
	add_rounded(d, "ci_high", c->all.high, 6);
	add_rounded(d, "min_effect", c->min_effect, 6);
	json_add_integer(d, "processes", c->all.processes);
	json_add_integer(d, "pairs", c->pairs);
	json_add_integer(d, "dropped", c->dropped);
	aa = json_add(d, "incumbent_against_itself", json_object());
	add_rounded(aa, "speedup", c->aa.ratio, 6);
	add_rounded(aa, "spread", c->aa.spread, 6);
}

static void add_launches(json *d, const struct evidence *e)
{
	struct launches l;

	launches_count(e, &l);
	json_add_integer(d, "launches_checked", l.checked);
	json_add_integer(d, "trials", e->trials);
	add_rounded(d, "failure_rate_detected", l.rate, 6);
}

/* Seals a file that the verdict rests on. */
static int add_seal(json *o, const char *key, const char *path, struct fault *f)
{
	char hex[SHA256_HEX];

	if (!path)
		return 0;
	if (sha256_file(path, hex))
		return fault_errno(f, "%s", path);
	json_add_string(o, key, hex);
	return 0;
}

/* Of the text, however it is kept. */
static void add_samples_seal(json *o, const char *key,
                             const struct measurements *m)
{
	if (m->path)
		json_add_string(o, key, m->samples.sha256);
}

static int add_seals(json *d, const struct evidence *e, struct fault *f)
{
	json *o = json_add(d, "evidence", json_object());

	if (add_seal(o, "verify.jsonl", e->verification.path, f))
		return -1;
	add_samples_seal(o, "bench.tsv", &e->bench);
	add_samples_seal(o, "confirm.tsv", &e->confirm);
	return add_seal(o, "sanitize.jsonl", e->sanitized.path, f);
}

/* The rules that decide: those that the candidate was proven by. */
static const char *version_of(const struct evidence *e)
{
	const char *said =
	        json_string(json_get(e->verification.head, "judge_version"));

	return said ? said : JUDGE_VERSION;
}

static void add_origin(json *d, const struct evidence *e)
{
	const char *when = e->confirm.samples.count ? e->confirm.started_at
	                                            : e->bench.started_at;
	json *hashes, *toolchain, *seeds;

	add_sandbox(d, e);
	add_head_text(d, "hidden", e);
	if (json_get(e->verification.head, "views"))
		add_head_text(d, "views", e);
	hashes = json_add(d, "hashes",
	                  json_copy(json_get(e->base.document, "hashes")));
	add_text(hashes, "object", e->build.object_sha256);
	toolchain = json_add(d, "toolchain", json_object());
	add_text(toolchain, "compiler", e->build.compiler);
	add_text(toolchain, "sha256", e->build.toolchain_sha256);
	add_text(toolchain, "arch",
	         json_string(json_get(e->build.document, "arch")));
	seeds = json_add(d, "seeds", json_array());
	if (e->verification.head)
		json_add_string(
		        seeds, NULL,
		        json_string(json_get(e->verification.head, "seed")));
	if (e->bench.samples.count)
		json_add_string(seeds, NULL, e->bench.seed);
	if (e->confirm.samples.count)
		json_add_string(seeds, NULL, e->confirm.seed);
	json_add_string(d, "judge_version", version_of(e));
	add_text(d, "judged_at", when ? when : e->base.created_at);
}

/* Who said that a project's candidate is right, and how fast it is. */
static void add_trust(json *d, const struct evidence *e)
{
	json_add_string(d, "trust", TRUST_USER);
	add_text(d, "unit", e->unit);
	add_text(d, "direction", e->direction);
}

char *judgement_make(const char *kernel_dir, const char *dir, struct fault *f)
{
	struct evidence e;
	struct finding found;
	json *d;
	char *text, *line = NULL;

	if (evidence_read(kernel_dir, dir, &e, f))
		return NULL;
	finding_make(&e, &found);
	d = json_object();
	json_add_string(d, "experiment", e.base.experiment);
	json_add_string(d, "kernel", e.base.kernel);
	json_add_string(d, "device", e.base.device);
	add_head_text(d, "device_name", &e);
	add_nodes(d, &e);
	json_add_string(d, "outcome", found.outcome);
	json_add_string(d, "reason", found.reason);
	add_text(d, "detail", found.detail);
	add_numbers(d, &found);
	add_timing(d, &e);
	if (e.build.harness)
		add_trust(d, &e);
	add_launches(d, &e);
	add_workloads(d, &e, &found);
	add_origin(d, &e);
	if (!add_seals(d, &e, f)) {
		text = json_text(d, 2);
		line = xasprintf("%s\n", text);
		free(text);
	}
	json_free(d);
	finding_free(&found);
	evidence_free(&e);
	return line;
}
