/* position - each workload's time, and how far it is from the floor */
#include "position.h"
#include "file.h"
#include "html.h"
#include "job.h"
#include "memory.h"
#include "moved.h"
#include "path_class.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX ((size_t)1 << 20)

struct position {
	const struct history *h;
	const struct facts *x;
	const char *device;
	struct times times;
	double *bytes; /* of each workload */
	double gb_s;   /* of a copy */
	const char *from;
	struct timing timing; /* of what stands, if it was a candidate */
	int has_timing;
	const json *rows; /* of its verdict, or NULL */
};

/* What the verdict says of a workload. */
static const json *row_of(const struct position *a, const char *uuid)
{
	for (const json *w = json_first(a->rows); w; w = json_next(w)) {
		const char *s = json_string(json_get(w, "uuid"));

		if (s && !strcmp(s, uuid))
			return w;
	}
	return NULL;
}

static char *text_of(const struct position *a, const char *name)
{
	char *path = xasprintf("%s/%s", a->h->dir, name);
	char *text = file_read(path, TEXT_MAX, NULL);

	free(path);
	return text;
}

/* The number after a word of a record about this very device, or 0. */
static double rate_in(const struct position *a, const char *name,
                      const char *word)
{
	char *text = text_of(a, name), *found = NULL;
	double rate = 0;

	if (text && a->times.device && strstr(text, a->times.device))
		found = strstr(text, word);
	if (found)
		rate = strtod(found + strlen(word), NULL);
	free(text);
	return isfinite(rate) && rate > 0 ? rate : 0;
}

static void find_bandwidth(struct position *a)
{
	char *profile = xasprintf("profile.%s.md", a->device);
	struct path_classes c;

	a->from = "as measured beside the times in profile";
	a->gb_s = rate_in(a, profile, "The device copies ");
	if (!(a->gb_s > 0) && !strcmp(a->device, "cuda")) {
		a->from = "a copy's, measured on such a device (spans.tsv)";
		a->gb_s = rate_in(a, "spans.tsv", "\ncopy_gb_s\t");
	}
	if (!(a->gb_s > 0)) {
		path_classes_make(&c, a->x->definition, &a->x->list, &a->times,
		                  a->bytes, a->device, 0);
		a->from = "the best that a call here reached, as none was "
		          "measured";
		a->gb_s = c.gb_s;
		path_classes_free(&c);
	}
	free(profile);
}

static const char *source_hash(const struct history *h, const char *device)
{
	const struct ledger_entry *e = ledger_baseline(&h->ledger, device);

	for (size_t i = 0; i < h->ledger.count && !e; i++)
		if (!strcmp(h->ledger.item[i].device, device))
			return h->ledger.item[i].incumbent_source;
	return e ? e->source : "";
}

static int read_bytes(struct position *a)
{
	char *path = xasprintf("%s/settings", a->x->kernel_dir);
	struct settings s;
	struct fault ignored;
	int failed = settings_read(path, a->device, kernel_settings_known, &s,
	                           &ignored);

	free(path);
	if (failed)
		return -1;
	a->bytes =
	        moved_bytes(&s, a->x->workloads, a->x->definition, &a->x->list);
	settings_free(&s);
	return 0;
}

/* The experiment in which what stands was accepted, or NULL. */
static const struct ledger_entry *accepted(const struct history *h,
                                           const char *device)
{
	const struct ledger_entry *e = ledger_baseline(&h->ledger, device);

	if (e)
		e = ledger_find(&h->ledger, e->experiment);
	return e && !strcmp(e->outcome, OUTCOME_ACCEPT) ? e : NULL;
}

/* By the verdict that made it what stands. */
static void read_accepted(struct position *a, const struct ledger_entry *e)
{
	const struct verdict *v = &a->h->moment[e - a->h->ledger.item].verdict;
	char *dir = xasprintf("%s/%s", a->h->dir, e->experiment);

	a->rows = json_get(v->document, "workloads");
	for (size_t i = 0; i < a->x->list.count; i++) {
		const json *row = row_of(a, a->x->list.item[i].uuid);
		double us;

		if (json_number(json_get(row, "candidate_us"), &us) ||
		    !(us > 0) || !isfinite(us))
			continue;
		a->times.us[i] = us;
		a->times.known++;
	}
	if (a->times.known) {
		a->times.origin = xstrdup(e->experiment);
		a->times.device = xstrdup(v->device_name);
		a->has_timing = !timing_read(a->x, a->device, dir, &a->timing);
	}
	free(dir);
}

/* By that, or by whatever measured the same source. */
static int read_times(struct position *a, struct fault *f)
{
	const struct ledger_entry *e = accepted(a->h, a->device);
	struct times_place place = {.experiments = a->h->dir,
	                            .kernel_dir = a->x->kernel_dir,
	                            .device = a->device};
	size_t count = a->x->list.count;

	a->times.us = xcalloc(count, sizeof *a->times.us);
	for (size_t i = 0; i < count; i++)
		a->times.us[i] = NAN;
	if (e)
		read_accepted(a, e);
	if (a->times.known)
		return 0;
	times_free(&a->times);
	return times_read(&place, source_hash(a->h, a->device), &a->x->list,
	                  &a->times, f);
}

static double floor_us(const struct position *a, size_t i)
{
	double move = a->bytes[i] / a->gb_s * 1e-3;

	return a->has_timing ? fmax(move, a->timing.empty_us) : move;
}

static void print_speedup(FILE *p, const struct position *a, const char *uuid)
{
	const struct estimate *e;
	double x = NAN;

	json_number(json_get(row_of(a, uuid), "speedup"), &x);
	e = a->has_timing && !isnan(x) ? timing_of(&a->timing, uuid, x) : NULL;
	fputs("<td class=\"n\">", p);
	html_speedup(p, x, e ? e->low : NAN, e ? e->high : NAN);
	fputs("</td>", p);
}

static void print_row(FILE *p, const struct position *a, size_t i)
{
	const struct workload *w = &a->x->list.item[i];
	double us = a->times.us[i], flops = workload_flops(a->x->definition, w);
	double rate = a->bytes[i] / us * 1e-3;

	fputs("<tr><th scope=\"row\" class=\"uuid\" title=\"", p);
	html(p, w->uuid);
	fputs("\">", p);
	html_text(p, w->uuid, strnlen(w->uuid, 8));
	fputs("</th><td>", p);
	facts_axes(p, a->x, w);
	fputs("</td><td class=\"n\">", p);
	html_us(p, us);
	fputs("</td>", p);
	print_speedup(p, a, w->uuid);
	fprintf(p, "<td class=\"n\">%.4g</td><td class=\"n\">%.4g</td>",
	        a->bytes[i] * 1e-6, rate);
	fprintf(p, "<td class=\"n\">%.0f %%</td><td class=\"n\">",
	        100 * rate / a->gb_s);
	html_us(p, floor_us(a, i));
	fprintf(p, "</td><td class=\"n\">%.2f</td>", us / floor_us(a, i));
	if (!isnan(flops))
		fprintf(p, "<td class=\"n\">%.3g</td><td class=\"n\">%.4g</td>",
		        flops / a->bytes[i], flops / us * 1e-3);
	fputs("</tr>\n", p);
}

static void print_table(FILE *p, const struct position *a)
{
	static const char *const name[] = {
	        "workload",  "axes",       "#µs",      "#speedup",
	        "#MB moved", "#GB/s",      "#of copy", "#floor µs",
	        "#× floor",  "#FLOP/byte", "#GFLOP/s"};
	int has_flops = !strcmp(a->x->definition->op_type, "gemm");

	html_table_begin(p, NULL, "Workloads");
	html_columns(p, name, has_flops ? 11 : 9);
	for (size_t i = 0; i < a->x->list.count; i++)
		if (!isnan(a->times.us[i]))
			print_row(p, a, i);
	html_table_end(p);
}

/* Geometric means: the time, the floor, and their ratio. */
static void print_distance(FILE *p, const struct position *a)
{
	double us = 0, floor = 0, n = (double)a->times.known;

	for (size_t i = 0; i < a->x->list.count; i++)
		if (!isnan(a->times.us[i])) {
			us += log(a->times.us[i]) / n;
			floor += log(floor_us(a, i)) / n;
		}
	fputs("<p>What stands takes <strong>", p);
	html_us(p, exp(us));
	fputs(" µs</strong>; the floor is ", p);
	html_us(p, exp(floor));
	fprintf(p,
	        " µs, so it is at <strong>%.2f times the floor</strong> "
	        "(geometric means over %zu of %zu workloads, as ",
	        exp(us - floor), a->times.known, a->x->list.count);
	html(p, a->times.origin);
	fprintf(p,
	        " measured them). The floor of a workload is what has to be "
	        "moved at %.4g GB/s (",
	        a->gb_s);
	html(p, a->from);
	fputs(")", p);
	if (a->has_timing && a->timing.empty_us > 0) {
		fputs(", and no less than an empty call, ", p);
		html_us(p, a->timing.empty_us);
		fputs(" µs", p);
	}
	fputs(". A speedup is over the incumbent of its time, with a 98 % "
	      "interval.</p>\n",
	      p);
}

static void print_absent(FILE *p, const char *why)
{
	fputs("<p>Not known: ", p);
	html(p, why);
	fputs(".</p>\n", p);
}

void position_print(FILE *p, const struct history *h, const char *device,
                    const struct facts *x)
{
	struct position a = {.h = h, .x = x, .device = device};
	struct fault f;

	if (x->missing) {
		print_absent(p, x->missing);
		return;
	}
	if (read_times(&a, &f)) {
		print_absent(p, f.text);
		return;
	}
	if (a.times.known && !read_bytes(&a)) {
		find_bandwidth(&a);
		print_distance(p, &a);
		print_table(p, &a);
	} else {
		print_absent(p, "what stands was never timed on the listed "
		                "workloads");
	}
	if (a.has_timing)
		timing_free(&a.timing);
	free(a.bytes);
	times_free(&a.times);
}
