/* workload_view - what an experiment took on each workload */
#include "workload_view.h"
#include "html.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* With more experiments than this the raw times of all would take too long. */
#define INTERVALS 100

struct row {
	const json *v;
	const char *uuid, *status;
	double candidate, incumbent, speedup;
	size_t order; /* in the verdict */
};

static double number_of(const json *v, const char *key)
{
	double x = NAN;

	json_number(json_get(v, key), &x);
	return x;
}

static int is_ok(const struct row *r)
{
	return strcmp(r->status, "ok") == 0;
}

static int by_interest(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	double gx = isnan(x->speedup) ? 0 : fabs(log(x->speedup));
	double gy = isnan(y->speedup) ? 0 : fabs(log(y->speedup));

	if (is_ok(x) != is_ok(y))
		return is_ok(x) - is_ok(y);
	if (gx != gy)
		return gx < gy ? 1 : -1;
	return (x->order > y->order) - (x->order < y->order);
}

static int by_order(const void *a, const void *b)
{
	const struct row *x = a, *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

static size_t read_rows(const json *list, struct row **out)
{
	struct row *r = xcalloc(json_count(list), sizeof *r);
	size_t n = 0;

	for (const json *v = json_first(list); v; v = json_next(v)) {
		const char *uuid = json_string(json_get(v, "uuid"));
		const char *status = json_string(json_get(v, "status"));

		r[n] = (struct row){v,
		                    uuid ? uuid : "?",
		                    status ? status : "?",
		                    number_of(v, "candidate_us"),
		                    number_of(v, "incumbent_us"),
		                    number_of(v, "speedup"),
		                    n};
		n++;
	}
	*out = r;
	return n;
}

static void print_row(FILE *p, const struct row *r, const struct facts *x,
                      const struct timing *t)
{
	const struct estimate *e =
	        t && r->speedup > 0 ? timing_of(t, r->uuid, r->speedup) : NULL;

	fputs("<tr><th scope=\"row\" class=\"uuid\" title=\"", p);
	html(p, r->uuid);
	fputs("\">", p);
	html_text(p, r->uuid, strnlen(r->uuid, 8));
	fputs("</th><td>", p);
	facts_axes(p, x, facts_workload(x, r->uuid));
	fputs("</td>", p);
	html_element(p, "td", r->status);
	fputs("<td class=\"n\">", p);
	html_us(p, r->candidate);
	fputs("</td><td class=\"n\">", p);
	html_us(p, r->incumbent);
	fputs("</td><td class=\"n\">", p);
	html_speedup(p, r->speedup, e ? e->low : NAN, e ? e->high : NAN);
	fputs("</td></tr>\n", p);
}

static void print_table(FILE *p, const struct row *r, size_t n,
                        const struct facts *x, const struct timing *t,
                        const char *unit)
{
	char *candidate = xasprintf("#candidate %s", unit);
	char *incumbent = xasprintf("#incumbent %s", unit);
	const char *const name[] = {"workload", "axes",    "status",
	                            candidate,  incumbent, "#speedup"};

	html_table_begin(p, NULL, "Workloads");
	html_columns(p, name, 6);
	free(candidate);
	free(incumbent);
	for (size_t k = 0; k < n; k++)
		print_row(p, &r[k], x, t);
	html_table_end(p);
}

void workload_view(FILE *p, const struct history *h, size_t i,
                   const struct facts *x, size_t rows)
{
	const struct ledger_entry *e = &h->ledger.item[i];
	const struct verdict *v = &h->moment[i].verdict;
	const json *list = json_get(v->document, "workloads");
	struct row *r;
	size_t n = read_rows(list, &r), shown = n < rows ? n : rows;
	struct timing t;
	char *dir = xasprintf("%s/%s", h->dir, e->experiment);
	int has_timing = !isnan(e->speedup) && n &&
	                 (h->ledger.count <= INTERVALS ||
	                  !strcmp(e->outcome, OUTCOME_ACCEPT)) &&
	                 !timing_read(x, e->device, dir, &t);

	if (n) {
		fputs("<h4>Workloads</h4>\n", p);
		qsort(r, n, sizeof *r, by_interest);
		qsort(r, shown, sizeof *r, by_order);
		print_table(p, r, shown, x, has_timing ? &t : NULL,
		            v->trust && v->unit ? v->unit : "µs");
		html_more(p, n - shown, "workloads", e->experiment,
		          "verdict.json");
	}
	if (has_timing)
		timing_free(&t);
	free(dir);
	free(r);
}
