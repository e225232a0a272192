/* facts - what a page must know of a kernel beside its records */
#include "facts.h"
#include "html.h"
#include "job.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void facts_read(const char *kernel_dir, const char *workloads,
                struct facts *out)
{
	char *path =
	        xasprintf("%s/definition.json", kernel_dir ? kernel_dir : "");
	struct fault f;

	*out = (struct facts){.kernel_dir = kernel_dir, .workloads = workloads};
	if (!kernel_dir || !workloads)
		fault_set(&f, "neither a kernel nor workloads were named");
	else
		out->definition = definition_read(path, &f);
	if (out->definition &&
	    workload_list_read(workloads, out->definition, &out->list, &f)) {
		definition_free(out->definition);
		out->definition = NULL;
	}
	if (!out->definition)
		out->missing = xstrdup(f.text);
	free(path);
}

void facts_free(struct facts *x)
{
	workload_list_free(&x->list);
	definition_free(x->definition);
	free(x->missing);
	*x = (struct facts){0};
}

const struct workload *facts_workload(const struct facts *x, const char *uuid)
{
	for (size_t i = 0; i < x->list.count; i++)
		if (strcmp(x->list.item[i].uuid, uuid) == 0)
			return &x->list.item[i];
	return NULL;
}

void facts_axes(FILE *p, const struct facts *x, const struct workload *w)
{
	const char *space = "";

	for (size_t i = 0; w && i < x->definition->naxes; i++) {
		const struct axis *a = &x->definition->axes[i];

		if (!a->is_var)
			continue;
		fputs(space, p);
		html(p, a->name);
		fprintf(p, "=%lld", (long long)w->axis_value[i]);
		space = " ";
	}
}

static int read_samples(const struct settings *s, const char *dir,
                        const char *name, struct timing *t)
{
	char *path = xasprintf("%s/%s", dir, name);
	struct samples raw;
	struct fault ignored;
	int failed = samples_read(path, &raw, &ignored);

	if (!failed) {
		failed = comparison_make(path, &raw, s, &t->comparison,
		                         &ignored);
		for (size_t i = 0; i < raw.count && isnan(t->empty_us); i++)
			if (!strcmp(raw.row[i].phase, "anchor") &&
			    raw.row[i].calls > 0)
				t->empty_us = (double)raw.row[i].time_ns /
				              raw.row[i].calls * 1e-3;
		samples_free(&raw);
	}
	free(path);
	if (!failed && t->comparison.count == 0) {
		comparison_free(&t->comparison);
		failed = -1;
	}
	return failed;
}

int timing_read(const struct facts *x, const char *device, const char *dir,
                struct timing *out)
{
	struct settings s;
	struct fault ignored;
	char *path;
	int failed;

	*out = (struct timing){.empty_us = NAN};
	if (!x->kernel_dir)
		return -1;
	path = xasprintf("%s/settings", x->kernel_dir);
	failed = settings_read(path, device, kernel_settings_known, &s,
	                       &ignored);
	free(path);
	if (failed)
		return -1;
	failed = read_samples(&s, dir, "confirm.tsv", out) &&
	         read_samples(&s, dir, "bench.tsv", out);
	settings_free(&s);
	return failed ? -1 : 0;
}

void timing_free(struct timing *t)
{
	comparison_free(&t->comparison);
}

const struct estimate *timing_of(const struct timing *t, const char *uuid,
                                 double speedup)
{
	for (size_t i = 0; i < t->comparison.count; i++) {
		const struct comparison_cell *c = &t->comparison.cell[i];

		if (c->is_deciding && !strcmp(c->workload, uuid) &&
		    fabs(c->estimate.ratio / speedup - 1) < 1e-4)
			return &c->estimate;
	}
	return NULL;
}
