/* times - what a solution's calls took when it was last measured */
#include "times.h"
#include "build.h"
#include "comparison.h"
#include "file.h"
#include "job.h"
#include "ledger.h"
#include "memory.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void set_time(struct times *t, const struct workload_list *list,
                     const char *uuid, double us)
{
	for (size_t i = 0; uuid && i < list->count; i++) {
		if (strcmp(list->item[i].uuid, uuid))
			continue;
		t->known += isnan(t->us[i]) && us > 0;
		if (us > 0)
			t->us[i] = us;
	}
}

/* The medians of samples: of side A, which `make bench` calls candidate. */
static int read_samples(const char *path, const struct times_place *place,
                        const struct workload_list *list, struct times *t,
                        struct fault *f)
{
	char *settings = xasprintf("%s/settings", place->kernel_dir);
	struct samples samples;
	struct settings s;
	struct comparison c;
	int failed;

	failed = settings_read(settings, place->device, kernel_settings_known,
	                       &s, f);
	free(settings);
	if (failed)
		return -1;
	failed = samples_read(path, &samples, f);
	if (!failed) {
		failed = comparison_make(path, &samples, &s, &c, f);
		for (size_t i = 0; !failed && i < c.count; i++)
			if (c.cell[i].is_deciding)
				set_time(t, list, c.cell[i].workload,
				         c.cell[i].candidate_us);
		if (!failed) {
			t->device = samples_get_note(&samples, "device_name");
			comparison_free(&c);
		}
		samples_free(&samples);
	}
	settings_free(&s);
	return failed;
}

/* Of `make bench`, if it measured this source. */
static int read_measured(const struct times_place *place, const char *sha256,
                         const struct workload_list *list, struct times *t,
                         struct fault *f)
{
	char *build = xasprintf("%s/a/build.json", place->measured);
	char *bench = xasprintf("%s/bench.tsv", place->measured);
	struct build b;
	int failed = 0, is_it = 0;

	if (file_exists(build) && file_exists(bench)) {
		failed = build_read(build, &b, f);
		is_it = !failed && !strcmp(b.source_sha256, sha256) &&
		        !strcmp(b.device, place->device);
		if (!failed)
			build_free(&b);
	}
	if (is_it)
		failed = read_samples(bench, place, list, t, f);
	if (is_it && !failed && t->known)
		t->origin = xstrdup(bench);
	free(build);
	free(bench);
	return failed;
}

/* One experiment's verdict, in which it was on this side. */
static int read_verdict(const struct times_place *place, const char *experiment,
                        const char *side, const struct workload_list *list,
                        struct times *t, struct fault *f)
{
	char *path =
	        xasprintf("%s/%s/verdict.json", place->experiments, experiment);
	struct verdict v;
	int failed = file_exists(path) ? verdict_read(path, &v, f) : 1;
	const json *w;
	double us;

	free(path);
	if (failed)
		return failed < 0 ? -1 : 0;
	for (w = json_first(json_get(v.document, "workloads")); w;
	     w = json_next(w))
		if (json_number(json_get(w, side), &us) == 0)
			set_time(t, list, json_string(json_get(w, "uuid")), us);
	if (t->known) {
		t->origin = xstrdup(experiment);
		t->device = xstrdup(v.device_name);
	}
	verdict_free(&v);
	return 0;
}

static int read_records(const struct times_place *place, const char *sha256,
                        const struct workload_list *list, struct times *t,
                        struct fault *f)
{
	char *path = xasprintf("%s/ledger.jsonl", place->experiments);
	struct ledger l;
	int failed = ledger_read(path, &l, f);

	free(path);
	if (failed)
		return -1;
	for (size_t i = l.count; i-- > 0 && !failed && !t->known;) {
		const struct ledger_entry *e = &l.item[i];
		int is_candidate = !strcmp(e->source, sha256);

		if (strcmp(e->device, place->device) ||
		    (!is_candidate && strcmp(e->incumbent_source, sha256)))
			continue;
		failed = read_verdict(place, e->experiment,
		                      is_candidate ? "candidate_us"
		                                   : "incumbent_us",
		                      list, t, f);
	}
	ledger_free(&l);
	return failed;
}

int times_read(const struct times_place *place, const char *source_sha256,
               const struct workload_list *list, struct times *out,
               struct fault *f)
{
	int failed = 0;

	*out = (struct times){.us = xcalloc(list->count, sizeof *out->us)};
	for (size_t i = 0; i < list->count; i++)
		out->us[i] = NAN;
	if (place->measured)
		failed = read_measured(place, source_sha256, list, out, f);
	if (!failed && !out->known && place->experiments)
		failed = read_records(place, source_sha256, list, out, f);
	if (failed)
		times_free(out);
	return failed ? -1 : 0;
}

void times_free(struct times *t)
{
	free(t->origin);
	free(t->device);
	free(t->us);
	*t = (struct times){0};
}
