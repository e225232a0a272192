/* lineage_view - the solutions that stood, one after the other */
#include "lineage_view.h"
#include "experiment_view.h"
#include "file.h"
#include "html.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MANY 15 /* steps, that are shown when they are asked for */

/* What entries of the device, after entry from, were measured against it:
 * until the next one stood. */
static void print_tried(FILE *p, const struct history *h, const char *device,
                        size_t from)
{
	static const char *const outcome[] = {
	        OUTCOME_REJECT, OUTCOME_EQUIVALENT, OUTCOME_NOISY};
	size_t n[3] = {0}, all = 0;

	for (size_t i = from; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];

		if (strcmp(e->device, device))
			continue;
		if (ledger_is_baseline(e))
			break;
		for (size_t k = 0; k < 3; k++)
			n[k] += !strcmp(e->outcome, outcome[k]);
		all++;
	}
	if (!all)
		return;
	fprintf(p, "<br><small>then tried and not taken: ");
	for (size_t k = 0; k < 3; k++) {
		if (!n[k])
			continue;
		fprintf(p, "%zu ", n[k]);
		experiment_badge(p, outcome[k]);
		putc(' ', p);
	}
	fputs("</small>", p);
}

static void print_step(FILE *p, const struct history *h, size_t i)
{
	const struct ledger_entry *e = &h->ledger.item[i];

	fputs("<li>", p);
	experiment_badge(p, e->outcome);
	fputs(!strcmp(e->outcome, OUTCOME_REVERT) ? " back to " : " ", p);
	experiment_link(p, h, e->experiment);
	if (h->is_timed && !isnan(h->moment[i].us)) {
		fputs(" <strong>", p);
		html_us(p, h->moment[i].us);
		fputs(" µs</strong>", p);
	}
	if (!isnan(e->speedup)) {
		fputs(", ", p);
		html_speedup(p, e->speedup, e->ci_low, e->ci_high);
		fputs(" over ", p);
		experiment_link(p, h, e->incumbent);
	}
	if (h->moment[i].hypothesis) {
		fputs("<br>", p);
		html(p, h->moment[i].hypothesis);
	}
	print_tried(p, h, e->device, i + 1);
	fputs("</li>\n", p);
}

static int is_step(const struct history *h, const char *device, size_t i)
{
	return !strcmp(h->ledger.item[i].device, device) &&
	       ledger_is_baseline(&h->ledger.item[i]);
}

void lineage_view(FILE *p, const struct history *h, const char *device)
{
	double us = history_standing(h, device).start_us;
	size_t steps = 0;

	for (size_t i = 0; i < h->ledger.count; i++)
		steps += (size_t)is_step(h, device, i);
	fprintf(p,
	        "<details%s><summary>Steps: %zu</summary><div class=\"body\">"
	        "<ol class=\"lineage\">\n<li>the shipped solution",
	        steps > MANY ? "" : " open", steps);
	if (h->is_timed && !isnan(us)) {
		fputs(" <strong>", p);
		html_us(p, us);
		fputs(" µs</strong>", p);
	}
	print_tried(p, h, device, 0);
	fputs("</li>\n", p);
	for (size_t i = 0; i < h->ledger.count; i++)
		if (is_step(h, device, i))
			print_step(p, h, i);
	fputs("</ol></div></details>\n", p);
}

/* Work left out, moved or kept from before, or memory that is not a kernel's to
 * touch: what a cheat does. A bug may do it, too. */
static int is_foul(const char *reason)
{
	static const char *const foul[] = {
	        REASON_FLOOR,     REASON_CLOCK_MISMATCH, REASON_INPUT_MUTATED,
	        REASON_RED_ZONE,  REASON_DEVICE_STATE,   REASON_SCRATCH_DIRTY,
	        REASON_UNWRITTEN, REASON_FLAKY,          REASON_UNSUPPORTED};

	for (size_t i = 0; i < sizeof foul / sizeof *foul; i++)
		if (!strcmp(foul[i], reason))
			return 1;
	return 0;
}

void refused_view(FILE *p, const struct history *h)
{
	size_t shown = 0;

	fputs("<p>What a rule against cheating refused; a bug may look the "
	      "same. ratchet-judge(7) explains each word.</p>\n",
	      p);
	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];
		const char *detail = json_string(
		        json_get(h->moment[i].verdict.document, "detail"));

		if (!is_foul(e->reason))
			continue;
		fputs(shown++ ? "<li>" : "<ul>\n<li>", p);
		experiment_link(p, h, e->experiment);
		fputs(" <code>", p);
		html(p, e->reason);
		fputs("</code> ", p);
		html(p, detail ? detail : "");
		fputs("</li>\n", p);
	}
	fputs(shown ? "</ul>\n" : "<p>Nothing was.</p>\n", p);
}

/* The last of its files says how far it came. */
static const char *stage(const char *dir, const char *name)
{
	static const char *const step[][2] = {
	        {"verdict.json", "decided, not published"},
	        {"bench.tsv", "timed"},
	        {"verify.jsonl", "verified"},
	        {"build.json", "built"},
	        {"base.json", "proposed"},
	        {"intent.json", "a model is being asked"}};
	const char *found = "claimed";

	for (size_t i = sizeof step / sizeof *step; i-- > 0;) {
		char *path = xasprintf("%s/%s/%s", dir, name, step[i][0]);

		if (file_exists(path))
			found = step[i][1];
		free(path);
	}
	return found;
}

void open_view(FILE *p, const struct history *h)
{
	if (!h->open.count)
		return;
	fputs("<p>Not finished (<code>make optimize</code> goes on):</p>\n<ul>"
	      "\n",
	      p);
	for (size_t i = 0; i < h->open.count; i++) {
		fputs("<li>", p);
		html(p, h->open.item[i]);
		fprintf(p, ": %s</li>\n", stage(h->dir, h->open.item[i]));
	}
	fputs("</ul>\n", p);
}
