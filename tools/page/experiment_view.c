/* experiment_view - one experiment: its row among all, and its section */
#include "experiment_view.h"
#include "base.h"
#include "build_view.h"
#include "diff_view.h"
#include "file.h"
#include "html.h"
#include "markdown.h"
#include "memory.h"
#include "workload_view.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1 << 20)

/* So many of all for this one: within most, and no fewer than least. */
static size_t share(const struct history *h, size_t all, size_t least,
                    size_t most)
{
	size_t n = all / (h->ledger.count + 1);

	return n < least ? least : n > most ? most : n;
}

void experiment_badge(FILE *p, const char *outcome)
{
	fputs("<span class=\"badge ", p);
	html(p, outcome);
	fputs("\">", p);
	html(p, outcome);
	fputs("</span>", p);
}

void experiment_link(FILE *p, const struct history *h, const char *name)
{
	if (!is_experiment(name) || !ledger_find(&h->ledger, name)) {
		html(p, name);
		return;
	}
	fputs("<a href=\"#", p);
	html(p, name);
	fputs("\">", p);
	html(p, name);
	fputs("</a>", p);
}

static int has_models(const struct history *h)
{
	struct total t = spend_total(&h->spend, NULL, NULL);

	return t.charged.tokens > 0 || t.charged.usd > 0 || t.unpriced;
}

void experiment_columns(FILE *p, const struct history *h)
{
	static const char *const name[] = {
	        "experiment", "outcome", "reason",
	        "#speedup",   "#µs",     "#of the start",
	        "against",    "by",      "what was tried",
	        "#device s",  "#tokens", "#USD"};

	html_columns(p, name, has_models(h) ? 12 : 10);
}

static void print_tried(FILE *p, const struct history *h, size_t i)
{
	char *tried = history_tried(h, i);

	html_element(p, h->moment[i].hypothesis ? "span" : "code", tried);
	free(tried);
}

static void print_cost_cells(FILE *p, const struct history *h, size_t i)
{
	const struct ledger_entry *e = &h->ledger.item[i];
	struct total t = spend_total(&h->spend, e->experiment, NULL);
	double s = t.count ? t.charged.gpu_s : e->seconds;

	if (!history_is_experiment(e))
		s = NAN;
	html_number_cell(p, s, 1);
	if (has_models(h))
		fprintf(p,
		        "<td class=\"n\">%lld</td><td class=\"n\">%.4f%s</td>",
		        (long long)t.charged.tokens, t.charged.usd,
		        t.unpriced ? "+" : "");
}

void experiment_row(FILE *p, const struct history *h, size_t i)
{
	const struct ledger_entry *e = &h->ledger.item[i];

	fprintf(p, "<tr data-i=\"%zu\"><th scope=\"row\">", i);
	if (history_is_experiment(e))
		experiment_link(p, h, e->experiment);
	else
		html(p, e->experiment);
	fputs("</th><td>", p);
	experiment_badge(p, e->outcome);
	fputs("</td><td>", p);
	html(p, strcmp(e->reason, "-") ? e->reason : "");
	fputs("</td><td class=\"n\">", p);
	html_speedup(p, e->speedup, e->ci_low, e->ci_high);
	fputs("</td><td class=\"n\">", p);
	html_us(p, h->is_timed ? h->moment[i].us : (double)NAN);
	fputs("</td>", p);
	html_number_cell(p, exp(h->link[i].y), 3);
	fputs("<td>", p);
	experiment_link(p, h, e->incumbent);
	fputs("</td>", p);
	html_element(p, "td", e->proposer);
	fputs("<td class=\"tried\">", p);
	print_tried(p, h, i);
	fputs("</td>", p);
	print_cost_cells(p, h, i);
	fputs("</tr>\n", p);
}

static char *text_of(const struct history *h, size_t i, const char *name,
                     size_t *len)
{
	char *path = xasprintf("%s/%s/%s", h->dir, h->ledger.item[i].experiment,
	                       name);
	char *text = file_read(path, TEXT_MAX, len);

	free(path);
	return text;
}

static void print_verdict(FILE *p, const struct history *h, size_t i)
{
	const struct verdict *v = &h->moment[i].verdict;
	const char *detail = json_string(json_get(v->document, "detail"));
	const char *jail = json_string(json_get(v->document, "sandbox"));
	const char *at = json_string(json_get(v->document, "judged_at"));
	char line[256];
	int64_t calls;
	double rate;

	if (!v->document) {
		fputs("<p>No verdict is on file.</p>\n", p);
		return;
	}
	verdict_line(v, line, sizeof line);
	fputs("<p><code>verdict: ", p);
	html(p, line);
	fputs("</code><br>on ", p);
	html(p, v->device_name);
	fputs(", judged at ", p);
	html(p, at ? at : "-");
	fputs(", jail ", p);
	html(p, jail ? jail : "-");
	if (!json_integer(json_get(v->document, "launches_checked"), &calls) &&
	    !json_number(json_get(v->document, "failure_rate_detected"),
	                 &rate) &&
	    rate > 0)
		fprintf(p,
		        "; %lld calls were checked, which detects a kernel "
		        "that is wrong in 1 of %.0f with 95 %% probability",
		        (long long)calls, 1 / rate);
	fputs(".</p>\n", p);
	if (detail) {
		fputs("<pre class=\"detail\">", p);
		html(p, detail);
		fputs("</pre>\n", p);
	}
}

static void print_proposal(FILE *p, const struct history *h, size_t i)
{
	const char *name = h->ledger.item[i].experiment;
	size_t len, more;
	char *text = text_of(h, i, "proposal.md", &len);

	fputs("<h4>Hypothesis</h4>\n", p);
	if (!text) {
		fputs("<p>No proposal is on file.</p>\n", p);
		return;
	}
	fputs("<div class=\"quoted\">\n", p);
	more = markdown(p, text, len, 5, share(h, 20000, 16, 120));
	fputs("</div>\n", p);
	html_more(p, more, "lines", name, "proposal.md");
	free(text);
}

void experiment_diff(FILE *p, const struct history *h, size_t i,
                     const struct facts *x, size_t lines)
{
	const struct ledger_entry *e = &h->ledger.item[i];
	size_t len, added, removed, more;
	int is_kept;
	char *text = diff_of(h->dir, x->kernel_dir, e->device, e->experiment,
	                     e->incumbent, &len, &is_kept);

	if (!text) {
		fputs("<p>The sources are not at hand.</p>\n", p);
	} else if (!len) {
		fputs("<p>Nothing: the sources are equal.</p>\n", p);
	} else {
		diff_count(text, len, &added, &removed);
		fprintf(p, "<p>%zu lines added, %zu removed.</p>\n", added,
		        removed);
		more = diff_view(p, text, len, lines);
		html_more(p, more, "lines", e->experiment,
		          is_kept ? "change.diff" : "solution.*");
	}
	free(text);
}

/* The lines of LESSONS.md that are about it. */
static void print_lessons(FILE *p, const char *lessons, const char *name)
{
	char *start = xasprintf("- %s:", name), *found;
	size_t len;
	FILE *m = xmemstream(&found, &len);

	while (lessons && *lessons) {
		size_t line = strcspn(lessons, "\n");

		if (!strncmp(lessons, start, strlen(start)))
			fprintf(m, "%.*s\n", (int)line, lessons);
		lessons += line + (lessons[line] == '\n');
	}
	fclose(m);
	if (len) {
		fputs("<h4>Lessons</h4>\n", p);
		markdown(p, found, len, 5, 0);
	}
	free(found);
	free(start);
}

static void print_cost(FILE *p, const struct history *h, size_t i)
{
	const char *name = h->ledger.item[i].experiment;
	struct total t = spend_total(&h->spend, name, NULL);

	if (!t.count)
		return;
	fprintf(p,
	        "<p>Cost: %.4f USD%s, %lld tokens, %.1f device seconds in %zu "
	        "charges%s.</p>\n",
	        t.charged.usd, t.unpriced ? " and what has no known price" : "",
	        (long long)t.charged.tokens, t.charged.gpu_s, t.count,
	        t.unsettled ? ", some at their cap" : "");
}

static void print_model(FILE *p, const struct history *h, size_t i)
{
	char *path = xasprintf("%s/%s/base.json", h->dir,
	                       h->ledger.item[i].experiment);
	struct base b;
	struct fault f;

	if (file_exists(path) && base_read(path, &b, &f)) {
		fputs("<p class=\"trouble\">", p);
		html(p, f.text);
		fputs("</p>\n", p);
	} else if (file_exists(path)) {
		if (b.direction) {
			fputs("<p>Direction: ", p);
			html(p, b.direction);
			fputs(", from ", p);
			experiment_link(p, h, b.parent);
			fputs("; model: <code>", p);
			html(p, *b.model ? b.model : "-");
			fprintf(p, "</code>; turns: %lld; predicted: ",
			        (long long)b.turns);
			html_number(p, b.predicted, 3);
			fputs(".</p>\n", p);
		}
		base_free(&b);
	}
	free(path);
}

static void print_summary_line(FILE *p, const struct history *h, size_t i)
{
	const struct ledger_entry *e = &h->ledger.item[i];

	fputs("<summary><h3>", p);
	html(p, e->experiment);
	fputs("</h3> ", p);
	experiment_badge(p, e->outcome);
	putc(' ', p);
	if (strcmp(e->reason, "-"))
		html(p, e->reason);
	putc(' ', p);
	if (!isnan(e->speedup))
		html_speedup(p, e->speedup, e->ci_low, e->ci_high);
	fputs(" <span class=\"tried\">", p);
	print_tried(p, h, i);
	fputs("</span></summary>\n", p);
}

void experiment_section(FILE *p, const struct history *h, size_t i,
                        const struct facts *x, const char *lessons)
{
	const struct ledger_entry *e = &h->ledger.item[i];
	int is_accepted = !strcmp(e->outcome, OUTCOME_ACCEPT);
	size_t lines = is_accepted ? 200 : share(h, 30000, 24, 200);

	fprintf(p, "<details class=\"experiment\" data-i=\"%zu\">", i);
	print_summary_line(p, h, i);
	fputs("<div class=\"body\" id=\"", p);
	html(p, e->experiment);
	fputs("\">\n", p);
	if (h->moment[i].trouble) {
		fputs("<p class=\"trouble\">", p);
		html(p, h->moment[i].trouble);
		fputs("</p>\n", p);
	}
	print_verdict(p, h, i);
	print_proposal(p, h, i);
	print_model(p, h, i);
	print_cost(p, h, i);
	fputs("<h4>What it changed in ", p);
	experiment_link(p, h, e->incumbent);
	fputs("</h4>\n", p);
	experiment_diff(p, h, i, x, lines);
	build_view(p, h->dir, e->experiment, share(h, 10000, 10, 40));
	workload_view(p, h, i, x, is_accepted ? 400 : share(h, 6000, 5, 400));
	print_lessons(p, lessons, e->experiment);
	fputs("<p>All of it: <a href=\"", p);
	html(p, e->experiment);
	fputs("/result.md\">", p);
	html(p, e->experiment);
	fputs("/result.md</a></p>\n</div></details>\n", p);
}
