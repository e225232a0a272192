/* morning - what one wants to know first: where a kernel stands on a device */
#include "morning.h"
#include "clock.h"
#include "experiment_view.h"
#include "html.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOP_STEPS 3
#define TOP_LINES 60

static void term(FILE *p, const char *name)
{
	fprintf(p, "<div><dt>%s</dt><dd>", name);
}

static void term_end(FILE *p)
{
	fputs("</dd></div>\n", p);
}

static void print_time(FILE *p, const struct history *h, const char *name,
                       double us)
{
	if (!h->is_timed || isnan(us))
		return;
	term(p, name);
	html_us(p, us);
	fputs(" µs", p);
	term_end(p);
}

static void print_counts(FILE *p, const struct history *h, const char *device)
{
	static const char *const outcome[] = {OUTCOME_ACCEPT, OUTCOME_REJECT,
	                                      OUTCOME_EQUIVALENT,
	                                      OUTCOME_NOISY};
	size_t all = 0;

	for (size_t k = 0; k < 4; k++)
		all += history_count(h, device, outcome[k]);
	term(p, "experiments");
	fprintf(p, "%zu", all);
	for (size_t k = 0; k < 4; k++) {
		putc(k ? ' ' : '\n', p);
		fprintf(p, "<small>%zu ", history_count(h, device, outcome[k]));
		experiment_badge(p, outcome[k]);
		fputs("</small>", p);
	}
	term_end(p);
}

/* "2026-11-26 18:03" of an instant. */
static void print_instant(FILE *p, const char *at)
{
	size_t n = strnlen(at, 16);

	html_text(p, at, n < 10 ? n : 10);
	if (n == 16) {
		putc(' ', p);
		html_text(p, at + 11, 5);
	}
}

static void print_when(FILE *p, const struct history *h, const char *device)
{
	const struct ledger_entry *first = NULL, *last = NULL;
	double hours;

	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];

		if (strcmp(e->device, device))
			continue;
		first = first ? first : e;
		last = e;
	}
	if (!last)
		return;
	hours = seconds_between(first->at, last->at) / 3600;
	term(p, "when");
	print_instant(p, first->at);
	fputs(" to ", p);
	print_instant(p, last->at);
	if (hours >= 1)
		fprintf(p, " <small>%.1f h, UTC</small>", hours);
	else if (hours >= 0)
		fprintf(p, " <small>%.0f min, UTC</small>", hours * 60);
	term_end(p);
}

static const char *device_name(const struct history *h, const char *device)
{
	for (size_t i = h->ledger.count; i-- > 0;)
		if (!strcmp(h->ledger.item[i].device, device) &&
		    h->moment[i].verdict.document)
			return h->moment[i].verdict.device_name;
	return NULL;
}

static void print_facts(FILE *p, const struct history *h, const char *device)
{
	struct standing s = history_standing(h, device);
	const char *name = device_name(h, device);

	fputs("<dl class=\"facts\">\n", p);
	print_time(p, h, s.root < 0 ? "started" : "when last adopted",
	           s.start_us);
	print_time(p, h, "now", s.now_us);
	if (!isnan(s.speedup)) {
		term(p, "times as fast");
		html_speedup(p, s.speedup, s.low, s.high);
		term_end(p);
	}
	term(p, "stands");
	if (s.entry < 0)
		fputs("the shipped solution", p);
	else
		experiment_link(p, h, h->ledger.item[s.entry].experiment);
	term_end(p);
	print_counts(p, h, device);
	print_when(p, h, device);
	if (name) {
		term(p, "measured on");
		html(p, name);
		term_end(p);
	}
	if (h->trust) {
		term(p, "trust");
		html(p, h->trust);
		term_end(p);
	}
	fputs("</dl>\n", p);
	if (h->trust)
		fputs("<p class=\"note\">The project's own commands say what "
		      "is right, and how fast it is; their files are hashed. "
		      "Times are relative to where it began.</p>\n",
		      p);
	if (h->is_timed)
		fputs("<p class=\"note\">Times are geometric means over the "
		      "workloads. What stands now was measured; the others "
		      "follow from it by the ratios, each of two solutions "
		      "measured side by side. The interval, 98 %, is that of "
		      "the steps together.</p>\n",
		      p);
}

/* The best steps: their entries, fastest first. */
static size_t top_steps(const struct history *h, const char *device,
                        size_t top[TOP_STEPS])
{
	size_t n = 0;

	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];
		size_t at = n;

		if (strcmp(e->device, device) ||
		    strcmp(e->outcome, OUTCOME_ACCEPT) || isnan(e->speedup))
			continue;
		while (at > 0 &&
		       h->ledger.item[top[at - 1]].speedup < e->speedup)
			at--;
		if (at == TOP_STEPS)
			continue;
		if (n < TOP_STEPS)
			n++;
		memmove(&top[at + 1], &top[at], (n - at - 1) * sizeof top[0]);
		top[at] = i;
	}
	return n;
}

void morning_print(FILE *p, const struct history *h, const char *device,
                   const struct facts *x)
{
	size_t top[TOP_STEPS], n = top_steps(h, device, top);

	print_facts(p, h, device);
	if (n)
		fputs("<h3>The steps that gained most</h3>\n", p);
	for (size_t k = 0; k < n; k++) {
		const struct ledger_entry *e = &h->ledger.item[top[k]];
		const char *idea = h->moment[top[k]].hypothesis;

		fputs("<details class=\"step\"><summary><b>", p);
		html(p, e->experiment);
		fputs("</b> ", p);
		html_speedup(p, e->speedup, e->ci_low, e->ci_high);
		fputs(" <span class=\"tried\">", p);
		html(p, idea ? idea : e->proposer);
		fputs("</span></summary>\n<div class=\"body\"><p>The whole "
		      "record: ",
		      p);
		experiment_link(p, h, e->experiment);
		fputs("</p>\n", p);
		experiment_diff(p, h, top[k], x, TOP_LINES);
		fputs("</div></details>\n", p);
	}
}

void morning_cost(FILE *p, const struct history *h)
{
	struct total t = spend_total(&h->spend, NULL, NULL);

	if (!t.count) {
		fputs("<p>Cost: nothing is recorded.</p>\n", p);
		return;
	}
	fprintf(p,
	        "<p>Cost: <strong>%.2f USD</strong>, %lld tokens, %.1f device "
	        "minutes",
	        t.charged.usd, (long long)t.charged.tokens,
	        t.charged.gpu_s / 60);
	if (t.unpriced) {
		fputs("; and more USD: <code>", p);
		html(p, t.unpriced);
		fputs("</code> has no price", p);
	}
	if (t.unsettled)
		fprintf(p,
		        "; %zu of %zu charges are not settled and stand at "
		        "their cap",
		        t.unsettled, t.count);
	fputs(".</p>\n", p);
}
