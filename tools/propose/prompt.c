/* prompt - what a model is asked: all that the files say, within a budget */
#include "prompt.h"
#include "brief.h"
#include "experience.h"
#include "file.h"
#include "lessons.h"
#include "machine.h"
#include "memory.h"
#include "pairs.h"
#include "parts.h"
#include "plain.h"
#include "quote.h"
#include "rules.h"
#include "sections.h"
#include "visible.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HYPOTHESIS_BYTES 2000
#define PAIRS_BYTES 6000
#define LABEL_MAX 200

int prompt_estimate(const char *text)
{
	return (int)((strlen(text) * 2 + 6) / 7);
}

void prompt_free(struct prompt *p)
{
	free(p->system);
	free(p->user);
	free(p->dropped);
	*p = (struct prompt){0};
}

/* A file's text with '?' for NUL; *text is NULL where there is no file. */
static int read_text(const char *dir, const char *name, char **text,
                     struct fault *f)
{
	char *path = xasprintf("%s/%s", dir, name), *nul;
	size_t len = 0;
	int failed = 0;

	*text = file_read(path, SOURCE_MAX, &len);
	if (!*text && errno != ENOENT && errno != ENOTDIR)
		failed = fault_errno(f, "%s", path);
	while (*text && (nul = memchr(*text, '\0', len)))
		*nul = '?';
	free(path);
	return failed;
}

static int add_file(struct sections *s, const char *dir, const char *file,
                    const char *name, const char *intro, enum section_text kind,
                    int rank, struct fault *f)
{
	char *text, *seen;

	if (read_text(dir, file, &text, f))
		return -1;
	if (text && kind == SECTION_OURS) {
		seen = visible_text(text);
		free(text);
		text = seen;
	}
	sections_add(s, name, intro, text, kind, rank);
	return 0;
}

/* What a person and the kernel's own files say. */
static int add_brief(struct sections *s, const struct prompt_ground *g,
                     struct fault *f)
{
	const char *kernel = g->ground->kernel_dir;
	char *facts = g->facts ? xstrdup(g->facts)
	                       : machine_facts(g->ground->device,
	                                       g->experiments, g->ledger);
	const struct brief_place place = {g->ground, g->experiments,
	                                  machine_bandwidth(g->ground->device,
	                                                    g->experiments,
	                                                    g->ledger)};
	struct brief b;

	if (add_file(s, kernel, "hints.md", "hints",
	             "# Hints of a person: these go first", SECTION_OURS, 1,
	             f) ||
	    brief_read(&place, &b, f)) {
		free(facts);
		return -1;
	}
	sections_add(s, "definition",
	             b.harness ? "# What is judged" : "# What is computed",
	             b.definition, SECTION_DATA, 0);
	sections_add(s, "harness", "# What you may not edit", b.harness,
	             SECTION_DATA, 3);
	sections_add(s, "workloads",
	             "# The shapes that count, by their share of the bytes and "
	             "of the score",
	             b.workloads, SECTION_DATA, 3);
	sections_add(s, "rules", "# What is right, and what you may edit",
	             b.rules, SECTION_DATA, 0);
	if (!b.harness)
		sections_add(s, "abi", "# How a kernel is called",
		             xstrdup(rules_abi(g->ground->device,
		                               g->ground->build.language)),
		             SECTION_OURS, 0);
	sections_add(s, "build", "# How it is compiled", b.build, SECTION_DATA,
	             4);
	sections_add(s, "device", "# The device", facts, SECTION_DATA, 5);
	sections_add(s, "floor",
	             "# The floor: every input read once, every output written "
	             "once",
	             b.floor, SECTION_DATA, 2);
	return add_file(s, kernel, "notes.md", "notes",
	                "# Notes on this kernel and its hazards", SECTION_DATA,
	                6, f);
}

static void add_experience(struct sections *s, const struct prompt_ground *g)
{
	const char *device = g->ground->device;
	struct link *link = xcalloc(g->ledger->count + 1, sizeof *link);

	ledger_chain(g->ledger, link);
	sections_add(
	        s, "results",
	        "# The best and the last experiments: times as fast as the "
	        "incumbent of their time, with the interval",
	        experience_table(g->experiments, device, g->ledger, link),
	        SECTION_DATA, 7);
	sections_add(s, "failures", "# Why the last ones failed",
	             experience_failures(g->experiments, device, g->ledger),
	             SECTION_DATA, 8);
	sections_add(s, "lessons", "# Lessons, derived from the records",
	             lessons_of(g->experiments, device, g->ledger, link),
	             SECTION_DATA, 10);
	sections_add(s, "pairs", "# Edits that were accepted",
	             pairs_text(g->ledger, g->experiments, device, PAIRS_BYTES),
	             SECTION_DATA, 12);
	free(link);
}

/* What the compiler said of the incumbent; a build without words has none. */
static int add_log(struct sections *s, const char *build, struct fault *f)
{
	const char *slash = build ? strrchr(build, '/') : NULL;
	char *dir;
	int failed;

	if (!build)
		return 0;
	dir = slash ? xasprintf("%.*s", (int)(slash - build), build)
	            : xstrdup(".");
	failed = add_file(s, dir, "build.log", "compiler",
	                  "# What the compiler said of the incumbent",
	                  SECTION_DATA, 13, f);
	free(dir);
	return failed;
}

static int add_profiles(struct sections *s, const struct prompt_ground *g,
                        struct fault *f)
{
	char *page = xasprintf("profile.%s.md", g->ground->device);
	int failed;

	failed = add_file(s, g->experiments, page, "profile",
	                  "# Where the incumbent's time goes", SECTION_DATA, 9,
	                  f) ||
	         add_file(s, g->experiments, "workload_profile.md",
	                  "workload-profile", "# What the workloads are like",
	                  SECTION_DATA, 14, f) ||
	         add_log(s, g->build, f) ||
	         add_file(s, g->experiments, "plan.md", "plan",
	                  "# The plan, and what not to try", SECTION_DATA, 11,
	                  f);
	free(page);
	return failed ? -1 : 0;
}

/* The sources that blocks anchor in: exact, and never cut. */
static int add_sources(struct sections *s, const struct prompt_ground *g,
                       struct fault *f)
{
	const struct incumbent *i = &g->ground->incumbent;
	const char *intro =
	        g->direction && !strcmp(g->direction, "parent")
	                ? "# The solution to start from, to the byte"
	                : "# The incumbent, to the byte";
	struct parts p;
	int failed = parts_read(i->path, i->text, i->len, &p, f);

	for (size_t n = 0; n < p.count && !failed; n++) {
		sections_add(s, "source", intro, xstrdup(p.item[n].text),
		             SECTION_SOURCE, 0);
		sections_label(s, plain(p.item[n].name, strlen(p.item[n].name),
		                        LABEL_MAX));
	}
	parts_free(&p);
	return failed;
}

static int add_task(struct sections *s, const struct prompt_ground *g,
                    const char *task, struct fault *f)
{
	const char *direction = rules_direction(g->direction);

	if (!direction)
		return fault_set(f,
		                 "%s: want a direction: improve, parent, "
		                 "rewrite, model or research",
		                 g->direction);
	sections_add(s, "task", "# Your task",
	             xasprintf("%s%s", direction, task), SECTION_OURS, 0);
	return 0;
}

static int assemble(const struct prompt_ground *g, const char *rules,
                    const char *task, struct prompt *out, struct fault *f)
{
	int tokens = (g->tokens ? g->tokens : PROMPT_TOKENS) -
	             prompt_estimate(rules);
	struct sections s = {.count = 0};
	char *hypothesis;
	int failed;

	failed = add_brief(&s, g, f) || add_sources(&s, g, f);
	if (!failed)
		add_experience(&s, g);
	failed = failed || add_profiles(&s, g, f);
	if (!failed && g->hypothesis) {
		hypothesis = visible_text(g->hypothesis);
		sections_add(&s, "hypothesis", "# The change to make",
		             quote_cut(hypothesis, HYPOTHESIS_BYTES),
		             SECTION_DATA, 0);
		free(hypothesis);
	}
	failed = failed || add_task(&s, g, task, f) ||
	         sections_fit(&s, tokens, f);
	*out = (struct prompt){0};
	if (!failed) {
		out->system = xstrdup(rules);
		out->user = sections_text(&s);
		out->dropped = sections_table(&s);
	}
	sections_free(&s);
	return failed ? -1 : 0;
}

int prompt_coder(const struct prompt_ground *g, struct prompt *out,
                 struct fault *f)
{
	const char *task =
	        g->hypothesis
	                ? "Make the change of the hypothesis above, as data "
	                  "describes it, and no other. Repeat its four lines, "
	                  "corrected where you know better, then the edit.\n"
	                : "Choose the one change that promises most, and make "
	                  "it: the four lines, then the edit.\n";

	return assemble(g, rules_coder, task, out, f);
}

int prompt_planner(const struct prompt_ground *g, int candidates,
                   struct prompt *out, struct fault *f)
{
	char *task = xasprintf("State %d %s: the four lines%s, and no code.\n",
	                       candidates,
	                       candidates == 1 ? "hypothesis" : "hypotheses",
	                       candidates == 1 ? ""
	                                       : " each, parted by `---`, of "
	                                         "different mechanisms");
	int failed = assemble(g, rules_planner, task, out, f);

	free(task);
	return failed;
}

int prompt_research(const struct prompt_ground *g, struct prompt *out,
                    struct fault *f)
{
	return assemble(g, rules_research,
	                "Write the plan: the two sections, and nothing else.\n",
	                out, f);
}

char *prompt_again(const char *what, const char *details)
{
	static const struct {
		const char *what, *words;
	} known[] = {
	        {"edit", "There is no edit to judge, for the reason below. "
	                 "Reply again, whole: the four lines, then the edit, "
	                 "against the source as first shown."},
	        {"build", "It does not compile. Below is what was printed. "
	                  "Keep the idea, mend the code, and reply again, "
	                  "whole: the edit is against the source as first "
	                  "shown."},
	        {"verify", "It compiles, but is not right. Below is what the "
	                   "judge saw. Find the cause, and reply again, whole: "
	                   "the edit is against the source as first shown."},
	};
	const char *words = known[0].words;
	char *block = quote(what, details, AGAIN_MAX), *text;

	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (!strcmp(known[i].what, what))
			words = known[i].words;
	}
	text = xasprintf("%s\n\n%s", words, block);
	free(block);
	return text;
}
