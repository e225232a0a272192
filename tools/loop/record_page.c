/* record_page - result.md, readable in a minute */
#include "comparison.h"
#include "knobs.h"
#include "memory.h"
#include "record.h"
#include "visible.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_LINES 40
#define DIFF_LINES 150

static const char *text_or(const json *v, const char *fallback)
{
	const char *s = json_string(v);

	return s ? s : fallback;
}

/* As an indented block, so that nothing in it is Markdown. */
static void print_quoted(FILE *p, const char *text, int lines)
{
	while (*text && lines-- > 0) {
		size_t len = strcspn(text, "\n");

		fprintf(p, "    %.*s\n", (int)(len < 200 ? len : 200), text);
		text += len + (text[len] == '\n');
	}
	if (*text)
		fputs("    ...\n", p);
}

static void print_diff(FILE *p, const struct record *r)
{
	char *change = record_change(r);

	print_quoted(p, change, DIFF_LINES);
	free(change);
}

/* Both texts differ in knobs' values alone. Fills the choice made. */
static int is_knobs_only(const struct record *r, struct knobs *before,
                         int *choice)
{
	struct knobs *after = xcalloc(1, sizeof *after);
	struct fault f;
	char *text;
	int same = !knobs_read(r->incumbent, r->before, before, &f) &&
	           !knobs_read(r->candidate, r->source, after, &f) &&
	           before->count == after->count && before->count > 0;

	for (size_t i = 0; same && i < before->count; i++) {
		const struct knob *k = &after->item[i];

		choice[i] = knob_find(&before->item[i], k->value[k->current]);
		same = choice[i] >= 0;
	}
	if (same) {
		text = knobs_render(r->incumbent, before, choice);
		same = strcmp(text, r->candidate) == 0;
		free(text);
	}
	free(after);
	return same;
}

static void print_change(FILE *p, const struct record *r)
{
	struct knobs *k = xcalloc(1, sizeof *k);
	int choice[MAX_KNOBS] = {0}, changed = 0;

	fprintf(p, "\n## What it changed in %s\n\n", r->base.incumbent);
	if (strcmp(r->candidate, r->incumbent) == 0) {
		fputs("Nothing: the sources are equal.\n", p);
	} else if (is_knobs_only(r, k, choice)) {
		fputs("| knob | incumbent | here |\n|---|---|---|\n", p);
		for (size_t i = 0; i < k->count; i++, changed = 0) {
			changed = choice[i] != k->item[i].current;
			if (changed)
				fprintf(p, "| %s | %s | %s |\n",
				        k->item[i].name,
				        k->item[i].value[k->item[i].current],
				        k->item[i].value[choice[i]]);
		}
	} else {
		print_diff(p, r);
	}
	free(k);
}

static void print_axes(FILE *p, const struct definition *d,
                       const struct workload *w)
{
	const char *space = "";

	for (size_t i = 0; i < d->naxes; i++)
		if (d->axes[i].is_var) {
			fprintf(p, "%s%s=%lld", space, d->axes[i].name,
			        (long long)w->axis_value[i]);
			space = " ";
		}
}

/* digits: after the point; 0: as many as it takes. */
static void print_number(FILE *p, int digits, const json *v)
{
	double x;

	fputs(" | ", p);
	if (json_number(v, &x) || !isfinite(x))
		fputc('-', p);
	else if (digits)
		fprintf(p, "%.*f", digits, x);
	else
		fprintf(p, "%.6g", x);
}

static void print_workloads(FILE *p, const struct record *r)
{
	const char *unit = r->verdict.trust ? r->verdict.unit : "us";
	int detailed = 0, timed = 0, digits = r->verdict.trust ? 0 : 2;

	fprintf(p,
	        "\n## Workloads\n\n| workload | axes | status | candidate %s "
	        "| incumbent %s | speedup |\n|---|---|---|---|---|---|\n",
	        unit ? unit : "-", unit ? unit : "-");
	for (size_t i = 0; i < r->workloads.count; i++) {
		const struct workload *w = &r->workloads.item[i];
		const json *check = record_check(r, w->uuid);
		const json *timing = record_timing(r, w->uuid);

		if (!check && !timing)
			continue;
		timed |= timing != NULL;
		fprintf(p, "| %.8s | ", w->uuid);
		print_axes(p, r->definition, w);
		fprintf(p, " | %s",
		        text_or(json_get(timing ? timing : check, "status"),
		                "-"));
		print_number(p, digits, json_get(timing, "candidate_us"));
		print_number(p, digits, json_get(timing, "incumbent_us"));
		print_number(p, 3, json_get(timing, "speedup"));
		fputs(" |\n", p);
	}
	if (timed)
		fputs("\nTimes are medians; a speedup is the mean over "
		      "processes of each one's median\npair, so that a slow "
		      "process shows in it and not in them.\n",
		      p);
	for (const json *v = json_first(r->checks); v; v = json_next(v)) {
		const char *status = json_string(json_get(v, "status"));
		const char *detail = json_string(json_get(v, "detail"));

		if (!status || strcmp(status, "ok") == 0 || !detail ||
		    detailed++ == 8)
			continue;
		fprintf(p, "\n%.8s: %s\n\n", text_or(json_get(v, "uuid"), "-"),
		        status);
		print_quoted(p, detail, 4);
	}
}

/* Why, where neither the compiler nor a workload's check has said it. */
static void print_detail(FILE *p, const struct record *r)
{
	const char *detail =
	        json_string(json_get(r->verdict.document, "detail"));

	for (const json *v = json_first(r->checks); v; v = json_next(v)) {
		const char *status = json_string(json_get(v, "status"));

		if (status && strcmp(status, "ok") != 0)
			return;
	}
	if (detail && strcmp(r->verdict.reason, REASON_BUILD) != 0) {
		fputc('\n', p);
		print_quoted(p, detail, 4);
	}
}

/* Says it if nothing could be shown for want of time. */
static void print_want(FILE *p, const struct record *r)
{
	double n;

	if (strcmp(r->verdict.outcome, OUTCOME_NOISY) != 0 ||
	    json_number(json_get(r->verdict.document, "processes"), &n) ||
	    n >= COMPARISON_PROCESSES)
		return;
	fprintf(p,
	        "\nThere was time for %.0f processes a side; fewer than %d "
	        "prove nothing faster or equal. Give\nit more: `make "
	        "rejudge EXP=%s BENCH_S=seconds`.\n",
	        n, COMPARISON_PROCESSES,
	        text_or(json_get(r->verdict.document, "experiment"), "-"));
}

/* What was tried beside the listed workloads. */
static void print_beyond(FILE *p, const struct record *r)
{
	const json *head = json_first(r->checks);

	if (r->verdict.trust) {
		fprintf(p,
		        "\ntrust: %s. The project's own validate said that it "
		        "is "
		        "right, and its measure how\nfast it is (%s is "
		        "better); "
		        "nothing else did.\n",
		        r->verdict.trust,
		        text_or(json_get(r->verdict.document, "direction"),
		                "-"));
		return;
	}
	fprintf(p,
	        "\nBesides: shapes that are not listed (%s), and planted "
	        "values "
	        "(%s).\n",
	        text_or(json_get(head, "hidden"), "none"),
	        text_or(json_get(head, "plant"), "none"));
	if (strcmp(text_or(json_get(head, "reference"), "native"), "native"))
		fprintf(p,
		        "What is right is what the definition's own reference "
		        "computed: %s.\n",
		        text_or(json_get(head, "reference"), ""));
	if (json_get(head, "views"))
		fprintf(p,
		        "Outputs that are compared by what the reference's "
		        "evaluate makes of them: %s.\n",
		        text_or(json_get(head, "views"), ""));
}

/* Which rare failures would have been found. */
static void print_launches(FILE *p, const struct record *r)
{
	const json *d = r->verdict.document;
	int64_t checked, trials;
	double rate;

	if (r->verdict.trust ||
	    json_integer(json_get(d, "launches_checked"), &checked) ||
	    json_integer(json_get(d, "trials"), &trials) ||
	    json_number(json_get(d, "failure_rate_detected"), &rate) ||
	    !(rate > 0))
		return;
	fprintf(p,
	        "\n%lld calls of it were checked. With 95 %% probability this "
	        "detects a kernel that\nis wrong in 1 of %.0f calls.\n",
	        (long long)checked, 1 / rate);
	if (strcmp(r->verdict.outcome, OUTCOME_ACCEPT) == 0 && checked < trials)
		fprintf(p,
		        "The time ended before the %lld calls that settings "
		        "ask for.\n",
		        (long long)trials);
}

static void print_where(FILE *p, const struct record *r)
{
	fputs("\n## Where to look\n\n", p);
	fprintf(p, "- %s, %s: what was judged, and against what\n",
	        strrchr(r->source, '/') + 1, "base.json");
	if (r->base.direction)
		fputs("- code/, plan/, attempt_N/: what a model was asked and "
		      "answered, and its earlier candidates\n",
		      p);
	fputs("- proposal.md: why it was tried\n"
	      "- build.log: what the compiler said\n"
	      "- verify.jsonl: is it right, workload by workload\n"
	      "- bench.tsv, confirm.tsv: every time that was taken; "
	      "compare.tsv: what they mean\n"
	      "- verdict.json: the decision; `make audit` decides again from "
	      "these files\n"
	      "- ratchet-judge(7): what each reason means, and what to do\n",
	      p);
}

char *record_page(const struct record *r)
{
	const struct verdict *v = &r->verdict;
	const char *node = text_or(json_get(v->document, "node"), "");
	char line[256], *page, *seen;
	size_t len;
	FILE *p = xmemstream(&page, &len);

	verdict_line(v, line, sizeof line);
	fprintf(p, "# %s: %s\n\n`verdict: %s`\n\n", r->base.experiment,
	        v->outcome, line);
	fprintf(p,
	        "%s on %s (%s%s%s), proposed by %s on top of %s, judged at %s, "
	        "timing: %s, jail: %s%s%s.\n",
	        r->base.kernel, r->base.device, v->device_name,
	        *node ? " of " : "", node, r->base.proposer, r->base.incumbent,
	        text_or(json_get(v->document, "judged_at"), "-"),
	        text_or(json_get(v->document, "timing"), "-"),
	        text_or(json_get(v->document, "sandbox"), "-"),
	        v->trust ? ", trust: " : "", v->trust ? v->trust : "");
	print_detail(p, r);
	print_want(p, r);
	record_print_proposal(p, r);
	if (strcmp(v->reason, REASON_BUILD) == 0) {
		fputs("\n## What the compiler said\n\n", p);
		print_quoted(p, r->log, LOG_LINES);
	}
	print_change(p, r);
	if (json_count(r->checks) > 1 ||
	    json_count(json_get(v->document, "workloads")) > 0) {
		print_workloads(p, r);
		print_beyond(p, r);
	}
	record_print_modes(p, r);
	print_launches(p, r);
	print_where(p, r);
	fclose(p);
	seen = visible_text(page);
	free(page);
	return seen;
}
