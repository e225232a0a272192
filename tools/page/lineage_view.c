/* lineage_view - the solutions that stood, one after the other */
#include "lineage_view.h"
#include "experiment_view.h"
#include "html.h"

#include <math.h>
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
	double us = history_root_us(h, device, -1);
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
