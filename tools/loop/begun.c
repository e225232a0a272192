/* begun - experiments that were begun and are not published */
#include "begun.h"
#include "claim.h"
#include "file.h"
#include "lineage.h"
#include "memory.h"
#include "sha256.h"
#include "verdict.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_ATTEMPTS 16

static int has(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	int there = file_exists(path);

	free(path);
	return there;
}

static void free_item(struct begun *b)
{
	free(b->dir);
	base_free(&b->base);
	intent_free(&b->intent);
}

/* Reads what is there of base.json and intent.json. */
static int read_item(struct begun *b, struct fault *f)
{
	char *base = xasprintf("%s/base.json", b->dir);
	char *intent = xasprintf("%s/intent.json", b->dir);
	int failed = file_exists(intent) && intent_read(intent, &b->intent, f);

	failed = failed || (file_exists(base) && base_read(base, &b->base, f));
	free(base);
	free(intent);
	return failed ? -1 : 0;
}

static const char *device_of(const struct begun *b)
{
	return b->base.document ? b->base.device : b->intent.device;
}

static int look(const struct site *s, const char *name, struct begun_list *l,
                struct fault *f)
{
	struct begun b = {.dir = xasprintf("%s/%s", s->experiments, name)};

	if (has(b.dir, "result.md")) {
		free_item(&b);
		return 0;
	}
	if (read_item(&b, f)) {
		free_item(&b);
		return -1;
	}
	if (!device_of(&b)) {
		free(l->dead);
		l->dead = xstrdup(b.dir);
	}
	if (!device_of(&b) || strcmp(device_of(&b), s->ground.device) != 0) {
		free_item(&b);
		return 0;
	}
	l->item = xrealloc(l->item, l->count + 1, sizeof *l->item);
	l->item[l->count++] = b;
	return 0;
}

int begun_read(const struct site *s, struct begun_list *out, struct fault *f)
{
	struct names names;
	int failed;

	*out = (struct begun_list){0};
	if (experiments_list(s->experiments, &names, f))
		return -1;
	failed = 0;
	for (size_t i = 0; i < names.count && !failed; i++)
		failed = look(s, names.item[i], out, f);
	names_free(&names);
	if (failed)
		begun_free(out);
	return failed;
}

void begun_free(struct begun_list *l)
{
	for (size_t i = 0; i < l->count; i++)
		free_item(&l->item[i]);
	free(l->item);
	free(l->dead);
	*l = (struct begun_list){0};
}

int begun_add_pending(struct site *s, const struct begun *b, struct fault *f)
{
	if (b->base.document)
		ledger_add_pending(&s->ledger, b->base.experiment,
		                   b->base.device, b->base.source,
		                   b->base.knobs);
	for (int n = 1; n <= MAX_ATTEMPTS && b->intent.document; n++) {
		char *path = xasprintf("%s/attempt_%d/base.json", b->dir, n);
		struct base tried = {0};
		int failed = file_exists(path) && base_read(path, &tried, f);

		if (tried.document)
			ledger_add_pending(&s->ledger, tried.experiment,
			                   tried.device, tried.source, NULL);
		base_free(&tried);
		free(path);
		if (failed)
			return -1;
	}
	return 0;
}

/* 1, 0, or -1 with the fault set. */
static int is_settled(const struct site *s, const struct begun *b,
                      struct fault *f)
{
	const char *now = s->ground.incumbent.source;
	char *path = xasprintf("%s/verdict.json", b->dir);
	struct verdict v;
	int settled = 0;

	if (file_exists(path)) {
		if (verdict_read(path, &v, f)) {
			free(path);
			return -1;
		}
		settled = strcmp(v.outcome, OUTCOME_ACCEPT) != 0 ||
		          strcmp(now, b->base.source) == 0 ||
		          strcmp(now, b->base.incumbent_source) == 0;
		verdict_free(&v);
	}
	free(path);
	return settled;
}

/* A candidate that is not what was proposed cannot be judged. A model's is gone
 * while it is set aside. */
static int check_source(const struct begun *b, struct fault *f)
{
	char *path = source_find(b->dir, "solution", b->base.device);
	char hex[SHA256_HEX] = "";
	int failed = path && sha256_file(path, hex);

	if (failed)
		failed = fault_errno(f, "%s", path);
	else if (!b->intent.document && strcmp(hex, b->base.source) != 0)
		failed = fault_set(f,
		                   "%s: its solution is gone or was edited "
		                   "since it was proposed: remove %s (make try "
		                   "SOLUTION=file judges an edit)",
		                   b->dir, b->dir);
	free(path);
	return failed ? -1 : 0;
}

static int remove_derived(const char *dir, struct fault *f)
{
	static const char *const derived[] = {
	        "verdict.json", "confirm.tsv", "compare.tsv", "bench.tsv",
	        "verify.jsonl", "build.json",  "build.log"};

	for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
		char *path = xasprintf("%s/%s", dir, derived[i]);
		int failed = unlink(path) && errno != ENOENT;

		if (failed)
			fault_errno(f, "%s", path);
		free(path);
		if (failed)
			return -1;
	}
	return 0;
}

int begun_refresh(const struct site *s, const struct begun *b, struct fault *f)
{
	char *path = xasprintf("%s/base.json", b->dir), *old = NULL;
	char *text = base_text(&b->base, &s->ground, f);
	int settled = text ? is_settled(s, b, f) : -1;
	int failed = settled < 0 || check_source(b, f) ||
	             (!settled && incumbent_check(&s->ground.incumbent, f));

	if (!failed && !settled) {
		old = file_read(path, SOURCE_MAX, NULL);
		if (!old)
			failed = fault_errno(f, "%s", path);
		else if (strcmp(text, old) != 0) {
			failed = remove_derived(b->dir, f) ||
			         experiment_write(b->dir, "base.json", text,
			                          strlen(text), f);
			warnx("%s: what it stands on has changed: judged anew",
			      b->dir);
		}
	}
	free(path);
	free(old);
	free(text);
	return failed ? -1 : 0;
}

int begun_write(const struct site *s, const char *dir, const struct proposal *p,
                const struct base *b, struct fault *f)
{
	char hex[SHA256_HEX];
	struct base own = *b;
	char *file = xasprintf("solution.%s", p->extension), *text, *page;
	int failed;

	sha256_hex(p->source, p->len, hex);
	own.experiment = strrchr(dir, '/') + 1;
	own.source = hex;
	own.knobs = p->knobs;
	page = xasprintf("# %s, proposed by %s\n\nOn top of %s.\n\n%s",
	                 own.experiment, own.proposer,
	                 s->ground.incumbent.experiment, p->page);
	text = base_text(&own, &s->ground, f);
	failed = !text ||
	         shipped_keep(s->experiments, &s->ledger, &s->ground.incumbent,
	                      f) ||
	         experiment_write(dir, file, p->source, p->len, f) ||
	         experiment_write(dir, "proposal.md", page, strlen(page), f) ||
	         experiment_write(dir, "base.json", text, strlen(text), f);
	free(file);
	free(page);
	free(text);
	return failed ? -1 : 0;
}

int begun_set_aside(const char *dir, int64_t attempt, struct fault *f)
{
	static const char *const name[] = {
	        "solution.c",     "solution.cu",  "solution.json",
	        "solution.txtar", "proposal.md",  "build.json",
	        "build.log",      "verify.jsonl", "base.json"};
	char *to = xasprintf("%s/attempt_%lld", dir, (long long)attempt);
	int failed = dir_make(to) ? fault_errno(f, "%s", to) : 0;

	for (size_t i = 0; i < sizeof name / sizeof *name && !failed; i++) {
		char *from = xasprintf("%s/%s", dir, name[i]);
		char *kept = xasprintf("%s/%s", to, name[i]);

		if (rename(from, kept) && errno != ENOENT)
			failed = fault_errno(f, "%s", from);
		free(from);
		free(kept);
	}
	free(to);
	return failed;
}
