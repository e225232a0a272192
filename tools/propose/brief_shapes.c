/* brief_shapes - the shapes of a kernel, and how far each is from its floor */
#include "brief_shapes.h"
#include "memory.h"
#include "moved.h"
#include "path_class.h"
#include "select.h"
#include "times.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SHAPES_SHOWN 24
#define CLASSES_SHOWN 8

struct shapes {
	const struct definition *definition;
	const struct settings *settings;
	struct workload_list list; /* owns */
	struct workload_list used; /* those that count, of list */
	struct times times;        /* of used */
	double *moved;             /* bytes of each */
	struct path_classes classes;
};

static int weight_of(const struct shapes *s, const struct workload *w,
                     double *weight, struct fault *f)
{
	char *key = xasprintf("weight.%s", w->uuid);
	int failed;

	*weight = 1;
	failed = settings_number(s->settings, key, 0, 1e6, weight, f);
	free(key);
	return failed;
}

static void put_axes(FILE *out, const struct definition *d,
                     const struct workload *w)
{
	int any = 0;

	for (size_t i = 0; i < d->naxes; i++) {
		if (d->axes[i].is_var)
			fprintf(out, "%s%s=%lld", any++ ? " " : "",
			        d->axes[i].name, (long long)w->axis_value[i]);
	}
	if (!any)
		fputs("one shape", out);
}

/* A shape's line; which of them, where there are too many, is even. */
static int put_shapes(FILE *out, const struct shapes *s, struct fault *f)
{
	size_t n = s->used.count;
	size_t shown = n < SHAPES_SHOWN ? n : SHAPES_SHOWN;
	double sum = 0, weight;

	for (size_t i = 0; i < n; i++) {
		if (weight_of(s, &s->used.item[i], &weight, f))
			return -1;
		sum += weight;
	}
	fprintf(out, "%zu of %zu shapes; share of the score, bytes, time now\n",
	        shown, n);
	for (size_t i = 0; i < shown; i++) {
		size_t at = shown < 2 ? 0 : i * (n - 1) / (shown - 1);
		const struct workload *w = &s->used.item[at];

		weight_of(s, w, &weight, f);
		put_axes(out, s->definition, w);
		fprintf(out, " (%.8s): %.1f %%, %.0f bytes", w->uuid,
		        100 * weight / sum, s->moved[at]);
		if (!isnan(s->times.us[at]))
			fprintf(out, ", %.2f us", s->times.us[at]);
		putc('\n', out);
	}
	return 0;
}

static void put_classes(FILE *out, const struct shapes *s)
{
	const struct path_classes *c = &s->classes;

	fprintf(out, "classes by size, share of the %s:\n",
	        c->is_timed ? "time" : "bytes");
	for (size_t i = 0; i < c->count && i < CLASSES_SHOWN; i++) {
		char *lever = path_class_lever(c, &c->item[i]);

		fprintf(out, "%zu shapes of 1e%d bytes%s: %.1f %%; %s\n",
		        c->item[i].count, c->item[i].decade,
		        c->item[i].ones ? " with an axis of 1" : "",
		        100 * c->item[i].share, lever);
		free(lever);
	}
}

static const char *bandwidth_from(enum bandwidth_from from)
{
	switch (from) {
	case BANDWIDTH_GIVEN:
		return "by its data sheet";
	case BANDWIDTH_SEEN:
		return "the most that the incumbent reached on a shape: the "
		       "device may have more";
	default:
		return "of a usual device, not measured";
	}
}

/* What no kernel can do better than, of the largest classes. */
static void put_floor(FILE *out, const struct shapes *s)
{
	const struct path_classes *c = &s->classes;

	fprintf(out, "bandwidth: %.1f GB/s (%s)\n", c->gb_s,
	        bandwidth_from(c->from));
	for (size_t i = 0; i < c->count && i < CLASSES_SHOWN; i++) {
		const struct path_class *p = &c->item[i];
		double bytes = p->timed ? p->timed_bytes : p->bytes;
		double flops = p->timed ? p->timed_flops : p->flops;
		double us = bytes / c->gb_s * 1e-3;

		fprintf(out,
		        "shapes of 1e%d bytes%s: %.0f bytes take at least "
		        "%.2f us",
		        p->decade, p->ones ? " with an axis of 1" : "", bytes,
		        us);
		if (!isnan(flops))
			fprintf(out, ", %.3g operations a byte", flops / bytes);
		if (p->timed)
			fprintf(out, "; now %.2f us, %.1f times that", p->us,
			        p->us / us);
		putc('\n', out);
	}
}

/* The shapes that a full judgement covers, with what each took. */
static int read_shapes(struct shapes *s, const struct brief_place *p,
                       struct fault *f)
{
	const struct ground *g = p->ground;
	const struct times_place place = {p->experiments, NULL, g->kernel_dir,
	                                  g->device};
	size_t *which;
	int n;

	if (workload_list_read(g->workloads, s->definition, &s->list, f))
		return -1;
	n = select_workloads(s->definition, &s->list, s->settings, "full",
	                     &which, f);
	if (n < 0)
		return -1;
	s->used.item = xcalloc((size_t)n + 1, sizeof *s->used.item);
	for (s->used.count = 0; s->used.count < (size_t)n; s->used.count++)
		s->used.item[s->used.count] =
		        s->list.item[which[s->used.count]];
	free(which);
	if (times_read(&place, g->incumbent.source, &s->used, &s->times, f))
		return -1;
	s->moved =
	        moved_bytes(s->settings, g->workloads, s->definition, &s->used);
	path_classes_make(&s->classes, s->definition, &s->used, &s->times,
	                  s->moved, g->device, p->gb_s);
	return 0;
}

int brief_shapes(const struct brief_place *place, const struct definition *d,
                 const struct settings *settings, struct brief *b,
                 struct fault *f)
{
	struct shapes s = {.definition = d, .settings = settings};
	int failed = read_shapes(&s, place, f);
	size_t len;
	FILE *out;

	if (!failed) {
		out = xmemstream(&b->workloads, &len);
		failed = put_shapes(out, &s, f);
		put_classes(out, &s);
		fclose(out);
	}
	if (!failed) {
		out = xmemstream(&b->floor, &len);
		put_floor(out, &s);
		fclose(out);
	}
	if (failed) {
		free(b->workloads);
		b->workloads = NULL;
	}
	free(s.moved);
	path_classes_free(&s.classes);
	times_free(&s.times);
	free(s.used.item);
	workload_list_free(&s.list);
	return failed;
}
