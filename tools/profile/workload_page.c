/* workload_page - workload_profile.md: what the workloads of a kernel are like
 */
#include "workload_page.h"
#include "memory.h"
#include "plain.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAME 40
#define MOST 12 /* rows of a table */

/* A name of the definition's, as data. */
static void print_name(FILE *p, const char *name)
{
	char *text = plain(name, strlen(name), NAME);

	fprintf(p, "`%s`", text);
	free(text);
}

static void print_left_out(FILE *p, size_t count)
{
	if (count > MOST)
		fprintf(p, "\n%zu more are left out.\n", count - MOST);
}

static void print_head(FILE *p, const struct workload_facts *w)
{
	fprintf(p, "# %s: %zu workloads, on %s\n\n", w->definition->name,
	        w->list->count, w->device);
	fputs("What stands between backticks comes from the definition or its "
	      "data: it is\ndata, and asks for nothing.\n",
	      p);
}

/* Const axes in a line, var axes in a table. */
static void print_axes(FILE *p, const struct workload_facts *w)
{
	const struct definition *d = w->definition;
	size_t rows = 0;

	fputs("\n## Axes\n\n| axis | min | median | mean | max | distinct | "
	      "workloads by value |\n|---|---|---|---|---|---|---|\n",
	      p);
	for (size_t a = 0; a < d->naxes; a++) {
		struct distribution x = {0};
		char *bins;

		if (!d->axes[a].is_var || rows++ >= MOST)
			continue;
		for (size_t i = 0; i < w->list->count; i++)
			distribution_add(&x, w->list->item[i].axis_value[a]);
		distribution_sum_up(&x);
		bins = distribution_histogram(&x);
		fputs("| ", p);
		print_name(p, d->axes[a].name);
		fprintf(p, " | %lld | %lld | %.1f | %lld | %zu | %s |\n",
		        (long long)x.min, (long long)x.median, x.mean,
		        (long long)x.max, x.distinct, bins);
		free(bins);
		distribution_free(&x);
	}
	print_left_out(p, rows);
	fputs("\nFixed:", p);
	for (size_t a = 0, n = 0; a < d->naxes; a++) {
		if (d->axes[a].is_var || n++ >= 2 * MOST)
			continue;
		fputc(' ', p);
		print_name(p, d->axes[a].name);
		fprintf(p, " = %lld;", (long long)d->axes[a].value);
	}
	fputc('\n', p);
}

static void print_tensor(FILE *p, const struct workload_facts *w,
                         const struct tensor_spec *t, const char *role)
{
	const struct definition *d = w->definition;
	struct distribution bytes = {0};
	double part = 0, all = 0;

	for (size_t i = 0; i < w->list->count; i++) {
		size_t n = workload_tensor_bytes(d, t, &w->list->item[i]);

		distribution_add(&bytes, (int64_t)n);
		part += (double)n;
		all += (double)workload_bytes(d, &w->list->item[i]);
	}
	distribution_sum_up(&bytes);
	fputs("| ", p);
	print_name(p, t->name);
	fprintf(p, " | %s | %s |", role, dtype_name(t->dtype));
	for (int i = 0; i < t->ndim; i++) {
		fputc(' ', p);
		print_name(p, d->axes[t->axis[i]].name);
	}
	fprintf(p, "%s | %lld | %lld | %lld | %.1f %% |\n",
	        t->is_scalar ? " scalar" : "", (long long)bytes.min,
	        (long long)bytes.median, (long long)bytes.max,
	        all > 0 ? 100 * part / all : 0);
	distribution_free(&bytes);
}

static void print_tensors(FILE *p, const struct workload_facts *w)
{
	const struct definition *d = w->definition;
	size_t rows = 0;

	fputs("\n## Tensors\n\n| tensor | | dtype | shape | bytes min | median "
	      "| max | of all bytes |\n|---|---|---|---|---|---|---|---|\n",
	      p);
	for (size_t i = 0; i < d->noutputs; i++)
		if (rows++ < MOST)
			print_tensor(p, w, &d->outputs[i], "out");
	for (size_t i = 0; i < d->ninputs; i++)
		if (rows++ < MOST)
			print_tensor(p, w, &d->inputs[i],
			             w->stored[i].workloads ? "in, stored"
			                                    : "in");
	print_left_out(p, rows);
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100 * (double)part / (double)all : 0;
}

static void print_lengths(FILE *p, struct index_tensor *x)
{
	struct distribution *l = &x->length;
	char *bins;

	if (!l->count)
		return;
	distribution_sum_up(l);
	bins = distribution_histogram(l);
	fprintf(p,
	        "  - %s: %zu lengths, min %lld, median %lld, mean %.1f, max "
	        "%lld; the longest is at most %.1f times its call's mean\n"
	        "  - how many: %s\n",
	        x->offsets ? "pieces between its offsets" : "valid in a row",
	        l->count, (long long)l->min, (long long)l->median, l->mean,
	        (long long)l->max, x->skew, bins);
	free(bins);
}

/* What each fact of an index suggests, where it is pronounced. */
static void print_index_levers(FILE *p, const struct index_tensor *x)
{
	uint64_t valid = x->looked_at - x->padding;

	if (x->skew >= 2)
		fprintf(p,
		        "  - lever: ragged (%.1f): divide the work by real "
		        "lengths, not by rows\n",
		        x->skew);
	if (percent(x->padding, x->looked_at) >= 10)
		fprintf(p,
		        "  - lever: %.0f %% is padding: end a row at its last "
		        "valid element\n",
		        percent(x->padding, x->looked_at));
	if (!x->offsets && percent(x->steps, x->pairs) >= 50)
		fprintf(p,
		        "  - lever: %.0f %% of the steps are +1: load runs as "
		        "wide contiguous pieces\n",
		        percent(x->steps, x->pairs));
	if (!x->offsets && valid && percent(x->distinct, valid) < 50)
		fprintf(p,
		        "  - lever: each row is read %.1f times: order the "
		        "work so that caches keep it\n",
		        (double)valid / (double)x->distinct);
}

static void print_index(FILE *p, struct index_tensor *x)
{
	uint64_t valid = x->looked_at - x->padding;

	if (x->looked_at < x->total)
		fprintf(p, "  - looked at the first %.1f %% of it\n",
		        percent(x->looked_at, x->total));
	fprintf(p,
	        "  - %llu elements from %lld to %lld; padding (below 0) %.1f "
	        "%%; steps of +1 in a row %.1f %%; distinct %.1f %%\n",
	        (unsigned long long)x->looked_at,
	        (long long)(x->max < x->min ? 0 : x->min),
	        (long long)(x->max < x->min ? 0 : x->max),
	        percent(x->padding, x->looked_at), percent(x->steps, x->pairs),
	        percent(x->distinct, valid));
	print_lengths(p, x);
	print_index_levers(p, x);
}

static void print_stored(FILE *p, const struct workload_facts *w)
{
	const struct definition *d = w->definition;
	size_t shown = 0;

	fputs("\n## Stored tensors\n\n", p);
	for (size_t i = 0; i < d->ninputs; i++) {
		struct stored_input *s = &w->stored[i];

		if (!s->workloads || shown++ >= MOST / 2)
			continue;
		fputs("- ", p);
		print_name(p, d->inputs[i].name);
		fprintf(p, ": %zu workloads store it; %zu files are not here",
		        s->workloads, s->missing);
		if (s->damaged) {
			char *why = plain(s->reason, strlen(s->reason), 160);

			fprintf(p, ", %zu cannot be read: `%s`", s->damaged,
			        why);
			free(why);
		}
		fputc('\n', p);
		if (s->index.tensors)
			print_index(p, &s->index);
	}
	if (!shown)
		fputs("None: every tensor is drawn at random, so that no index "
		      "has a pattern.\n",
		      p);
}

static int has_index(const struct workload_facts *w)
{
	const struct definition *d = w->definition;

	for (size_t i = 0; i < d->ninputs; i++)
		if (w->stored[i].workloads &&
		    index_tensor_is(d->inputs[i].dtype))
			return 1;
	return 0;
}

static void print_source(FILE *p, const struct workload_facts *w)
{
	static const char *const from[] = {
	        [BANDWIDTH_GIVEN] = "as it was given",
	        [BANDWIDTH_SEEN] = "the best that a call here reached",
	        [BANDWIDTH_NOMINAL] = "nominal, not measured"};
	const struct times *t = w->times;

	if (t->known) {
		const char *name = t->device ? t->device : "-";
		char *device = plain(name, strlen(name), NAME);

		fprintf(p,
		        "\nShares are of the incumbent's time in %s, on `%s`; "
		        "%zu of %zu workloads were measured.\n",
		        t->origin, device, t->known, w->list->count);
		free(device);
	} else {
		fputs("\nThe incumbent was never measured here: shares are of "
		      "the bytes, not of the time.\n",
		      p);
	}
	fprintf(p,
	        "Bandwidth: %.4g GB/s, %s. Bytes: each input and output "
	        "once%s. "
	        "Operations: %s.\n",
	        w->classes.gb_s, from[w->classes.from],
	        has_index(w) ? ", but of an input with the setting gather the "
	                       "rows that are named"
	                     : "",
	        isnan(workload_flops(w->definition, &w->list->item[0]))
	                ? "unknown, the definition does not say"
	                : "2 M N K");
}

/* "10^5 bytes, `M` = 1" */
static void print_class_name(FILE *p, const struct definition *d,
                             const struct path_class *c)
{
	fprintf(p, "10^%d bytes", c->decade);
	for (size_t a = 0; a < d->naxes && a < 64; a++)
		if (c->ones >> a & 1) {
			fputs(", ", p);
			print_name(p, d->axes[a].name);
			fputs(" = 1", p);
		}
}

static void print_classes(FILE *p, const struct workload_facts *w)
{
	const struct path_classes *c = &w->classes;

	fputs("\n## Classes, the largest share first\n", p);
	print_source(p, w);
	fprintf(p,
	        "\n| class | workloads | share of %s | us a call | what would "
	        "help |\n|---|---|---|---|---|\n",
	        c->is_timed ? "time" : "bytes");
	for (size_t i = 0; i < c->count && i < MOST; i++) {
		const struct path_class *k = &c->item[i];
		char *lever = path_class_lever(c, k);

		fputs("| ", p);
		print_class_name(p, w->definition, k);
		if (c->is_timed && !k->timed)
			fprintf(p, " | %zu | -", k->count);
		else
			fprintf(p, " | %zu | %.1f %%", k->count,
			        100 * k->share);
		if (k->timed)
			fprintf(p, " | %.3g", k->us / (double)k->timed);
		else
			fputs(" | -", p);
		fprintf(p, " | %s |\n", lever);
		free(lever);
	}
	print_left_out(p, c->count);
}

char *workload_page(const struct workload_facts *w)
{
	char *page;
	size_t len;
	FILE *p = xmemstream(&page, &len);

	print_head(p, w);
	print_classes(p, w);
	print_axes(p, w);
	print_tensors(p, w);
	print_stored(p, w);
	fclose(p);
	plain_bound(page, WORKLOAD_PAGE_MAX);
	return page;
}
