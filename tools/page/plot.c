/* plot - best time against the number of the experiment, as SVG */
#include "plot.h"
#include "html.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 760, HEIGHT = 400, LEFT = 62, RIGHT = 738, TOP = 40 };
enum { BOTTOM = 316, LANE = 342, AXIS = 360, TICKS = 12, CROWD = 150 };

struct plane {
	FILE *p;
	const struct history *h;
	const char *device;
	enum plot_kind kind;
	size_t *entry, count; /* entries of the device */
	double low, high;     /* logarithms of times; NAN where there is none */
	double start;         /* where the lineage began, NAN where unknown */
	double r;             /* size of a mark */
};

static double x_of(const struct plane *a, size_t slot)
{
	return LEFT +
	       (RIGHT - LEFT) * ((double)slot + 0.5) / (double)(a->count + 1);
}

static double y_of(const struct plane *a, double us)
{
	double part = (log(us) - a->low) / (a->high - a->low);

	return BOTTOM - (BOTTOM - TOP) * fmin(fmax(part, 0), 1);
}

static void widen(struct plane *a, double us)
{
	if (!(us > 0) || !isfinite(us))
		return;
	a->low = fmin(a->low, log(us)); /* NAN, at first, is no number */
	a->high = fmax(a->high, log(us));
}

static void range(struct plane *a)
{
	double pad;

	a->low = a->high = NAN;
	widen(a, a->start);
	for (size_t i = 0; i < a->count; i++)
		widen(a, a->h->moment[a->entry[i]].us);
	pad = fmax(0.06 * (a->high - a->low), 0.02);
	a->low -= pad;
	a->high += pad;
}

/* The shape of an outcome, around a point. */
static void mark(FILE *p, const char *outcome, double x, double y, double r)
{
	if (!strcmp(outcome, OUTCOME_ACCEPT))
		fprintf(p, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"/>", x, y,
		        r);
	else if (!strcmp(outcome, OUTCOME_REJECT))
		fprintf(p,
		        "<path d=\"M%.1f %.1fl%.1f %.1fm0 %.1fl%.1f %.1f\"/>",
		        x - r, y - r, 2 * r, 2 * r, -2 * r, -2 * r, 2 * r);
	else if (!strcmp(outcome, OUTCOME_EQUIVALENT))
		fprintf(p, "<path d=\"M%.1f %.1fh%.1fm0 %.1fh%.1f\"/>", x - r,
		        y - r / 2, 2 * r, r, -2 * r);
	else if (!strcmp(outcome, OUTCOME_NOISY))
		fprintf(p,
		        "<path d=\"M%.1f %.1fl%.1f %.1fl%.1f %.1fl%.1f "
		        "%.1fz\"/>",
		        x, y - r, r, r, -r, r, -r, -r);
	else
		fprintf(p,
		        "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" "
		        "height=\"%.1f\"/>",
		        x - r, y - r, 2 * r, 2 * r);
}

static const char *class_of(const char *outcome)
{
	static const char *const known[] = {OUTCOME_ACCEPT,     OUTCOME_REJECT,
	                                    OUTCOME_EQUIVALENT, OUTCOME_NOISY,
	                                    OUTCOME_ADOPT,      OUTCOME_REVERT};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (!strcmp(known[i], outcome))
			return known[i];
	return "pending";
}

static void y_tick(const struct plane *a, double us, double step)
{
	double y = y_of(a, us);
	int digits = step >= 1 ? 0 : (int)ceil(-log10(step) - 1e-9);

	fprintf(a->p,
	        "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" "
	        "y=\"%.1f\" text-anchor=\"end\">%.*f</text>\n",
	        LEFT, y, RIGHT, LEFT - 6, y + 4, digits, us);
}

/* 1, 2 or 5 times a power of ten, no less than x. */
static double nice(double x)
{
	double power = pow(10, floor(log10(x)));

	return power * (x <= power       ? 1
	                : x <= 2 * power ? 2
	                : x <= 5 * power ? 5
	                                 : 10);
}

static void y_axis(const struct plane *a)
{
	static const double few[] = {1, 2, 5, 0},
	                    many[] = {1, 1.5, 2, 3, 5, 7, 0};
	double lo = exp(a->low), hi = exp(a->high), step = nice((hi - lo) / 6);
	const double *part = hi / lo < 30 ? many : few;

	if (hi / lo < 3) {
		for (double t = ceil(lo / step) * step; t <= hi; t += step)
			y_tick(a, t, step);
		return;
	}
	for (double t = pow(10, floor(log10(lo))); t <= hi; t *= 10)
		for (int i = 0; part[i] > 0; i++)
			if (t * part[i] >= lo && t * part[i] <= hi)
				y_tick(a, t * part[i],
				       part[i] == 1.5 ? t / 10 : t);
}

static long number_of(const struct plane *a, size_t slot)
{
	const char *name = a->h->ledger.item[a->entry[slot]].experiment;

	return is_experiment(name) ? atol(name + 4) : -1;
}

static void x_axis(const struct plane *a)
{
	long step = (long)nice(fmax((double)a->count / TICKS, 1));

	fprintf(a->p, "<path class=\"axis\" d=\"M%d %dV%dH%d\"/>\n", LEFT, TOP,
	        AXIS, RIGHT);
	fprintf(a->p,
	        "<text x=\"%.1f\" y=\"%d\" "
	        "text-anchor=\"middle\">start</text>\n",
	        x_of(a, 0), AXIS + 17);
	for (size_t i = 0; i < a->count; i++) {
		long n = number_of(a, i);

		if (n > 0 && n % step == 0 && x_of(a, i + 1) > LEFT + 50)
			fprintf(a->p,
			        "<text x=\"%.1f\" y=\"%d\" "
			        "text-anchor=\"middle\">%ld</text>\n",
			        x_of(a, i + 1), AXIS + 17, n);
	}
	fprintf(a->p,
	        "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">experiment"
	        "</text>\n",
	        (LEFT + RIGHT) / 2, AXIS + 35);
	fprintf(a->p,
	        "<text x=\"%d\" y=\"%d\">%s, log scale, lower is better"
	        "</text>\n",
	        4, 14,
	        a->h->is_timed ? "µs a call, mean over workloads"
	                       : "time, where it began being 1");
}

static void legend(const struct plane *a)
{
	static const char *const word[] = {OUTCOME_ACCEPT, OUTCOME_REJECT,
	                                   OUTCOME_EQUIVALENT, OUTCOME_NOISY};
	double x = RIGHT - 290;

	for (size_t i = 0; i < 4; i++) {
		fprintf(a->p, "<g class=\"mark %s\">", word[i]);
		mark(a->p, word[i], x, 10, 4.5);
		fprintf(a->p, "</g><text x=\"%.0f\" y=\"14\">%s</text>\n",
		        x + 9, word[i]);
		x += 30 + 6.5 * (double)strlen(word[i]);
	}
}

/* What stood after each experiment. */
static void best_line(const struct plane *a)
{
	int is_down = 0;

	fputs("<path class=\"best\" d=\"", a->p);
	if (!isnan(a->start)) {
		fprintf(a->p, "M%.1f %.1f", x_of(a, 0), y_of(a, a->start));
		is_down = 1;
	}
	for (size_t i = 0; i < a->count; i++) {
		const struct moment *m = &a->h->moment[a->entry[i]];

		if (!ledger_is_baseline(&a->h->ledger.item[a->entry[i]]) ||
		    isnan(m->us))
			continue;
		fprintf(a->p, is_down ? "H%.1fV%.1f" : "M%.1f %.1f",
		        x_of(a, i + 1), y_of(a, m->us));
		is_down = 1;
	}
	if (is_down)
		fprintf(a->p, "H%d", RIGHT);
	fputs("\"/>\n", a->p);
}

static void title(const struct plane *a, const struct ledger_entry *e,
                  const struct moment *m)
{
	fputs("<title>", a->p);
	html(a->p, e->experiment);
	fputs(": ", a->p);
	html(a->p, e->outcome);
	if (strcmp(e->reason, "-")) {
		putc(' ', a->p);
		html(a->p, e->reason);
	}
	if (!isnan(m->us)) {
		fputs(", ", a->p);
		html_us(a->p, m->us);
	}
	if (!isnan(m->us) && a->h->is_timed)
		fputs(" µs", a->p);
	if (!isnan(e->speedup))
		fprintf(a->p, ", %.3f times as fast as ", e->speedup);
	if (!isnan(e->speedup))
		html(a->p, e->incumbent);
	fputs("</title>", a->p);
}

static void entry(const struct plane *a, size_t slot)
{
	size_t i = a->entry[slot];
	const struct ledger_entry *e = &a->h->ledger.item[i];
	const struct moment *m = &a->h->moment[i];
	int has_link = a->kind == PLOT_IN_PAGE && history_is_experiment(e);
	double x = x_of(a, slot + 1), y = isnan(m->us) ? LANE : y_of(a, m->us);

	if (has_link) {
		fputs("<a tabindex=\"-1\" href=\"#", a->p);
		html(a->p, e->experiment);
		fputs("\">", a->p);
	}
	fprintf(a->p, "<g class=\"mark %s\">", class_of(e->outcome));
	title(a, e, m);
	if (m->low > 0 && isfinite(m->high))
		fprintf(a->p, "<path class=\"ci\" d=\"M%.1f %.1fV%.1f\"/>", x,
		        y_of(a, m->low), y_of(a, m->high));
	mark(a->p, e->outcome, x, y, a->r);
	fprintf(a->p, "</g>%s\n", has_link ? "</a>" : "");
}

static void begin(const struct plane *a)
{
	fprintf(a->p,
	        "<svg class=\"plot\" viewBox=\"0 0 %d %d\" role=\"%s\" "
	        "aria-label=\"Best time against experiment number, ",
	        WIDTH, HEIGHT, a->kind == PLOT_FILE ? "img" : "group");
	html(a->p, a->h->kernel);
	fprintf(a->p, " on %s\"", a->device);
	if (a->kind == PLOT_IN_PAGE) {
		fputs(">\n", a->p);
		return;
	}
	fprintf(a->p,
	        " xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" "
	        "height=\"%d\">\n<style>\n"
	        "svg { background: #fff; color: #1c2024; "
	        "--accept: #1a7f37; --reject: #b42318; --equivalent: #0b5cad; "
	        "--noisy: #7a5b00; --faint: #d5d9de; }\n"
	        "@media (prefers-color-scheme: dark) { svg { background: "
	        "#14171a; color: #e4e7ea; --accept: #4cc26a; --reject: "
	        "#ff8078; --equivalent: #7cb8ff; --noisy: #dcae3c; --faint: "
	        "#3a4047; } }\n"
	        "text { font: 12px system-ui, sans-serif; fill: "
	        "currentColor; }\n"
	        ".mark { fill: none; stroke: currentColor; stroke-width: 1.8; "
	        "}\n"
	        ".ci { stroke-width: 1; opacity: .55; }\n"
	        ".accept { stroke: var(--accept); fill: var(--accept); }\n"
	        ".reject { stroke: var(--reject); }\n"
	        ".equivalent { stroke: var(--equivalent); }\n"
	        ".noisy { stroke: var(--noisy); }\n"
	        ".grid { stroke: var(--faint); }\n"
	        ".axis { stroke: currentColor; fill: none; }\n"
	        ".best { stroke: var(--accept); fill: none; stroke-width: 1.5; "
	        "}\n</style>\n",
	        WIDTH, HEIGHT);
}

void plot(FILE *p, const struct history *h, const char *device,
          enum plot_kind kind)
{
	struct plane a = {.p = p,
	                  .h = h,
	                  .device = device,
	                  .kind = kind,
	                  .entry = xcalloc(h->ledger.count, sizeof *a.entry),
	                  .start = history_root_us(h, device, -1)};

	for (size_t i = 0; i < h->ledger.count; i++)
		if (!strcmp(h->ledger.item[i].device, device))
			a.entry[a.count++] = i;
	a.r = a.count > CROWD ? 3 : 5;
	range(&a);
	begin(&a);
	legend(&a);
	x_axis(&a);
	if (!isnan(a.low)) {
		y_axis(&a);
		best_line(&a);
	}
	fprintf(p,
	        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">untimed"
	        "</text>\n",
	        LEFT - 6, LANE + 4);
	for (int last = 0; last < 2; last++) /* what stood lies on top */
		for (size_t i = 0; i < a.count; i++)
			if (ledger_is_baseline(&h->ledger.item[a.entry[i]]) ==
			    last)
				entry(&a, i);
	fputs("</svg>\n", p);
	free(a.entry);
}
