/* measurements - bench.tsv and confirm.tsv as evidence */
#include "evidence.h"

#include "clocks.h"
#include "memory.h"
#include "verdict.h"
#include "workload.h"

#include <stdlib.h>
#include <string.h>

static int has_note(const struct measurements *m, const char *key,
                    const char *value)
{
	char *got = samples_get_note(&m->samples, key);
	int has = got && strcmp(got, value) == 0;

	free(got);
	return has;
}

static int check_note(const struct measurements *m, const char *key,
                      const char *want, struct fault *f)
{
	char *got = samples_get_note(&m->samples, key);
	int failed = !got || strcmp(got, want);

	if (failed)
		fault_set(f, "%s: want note %s to be '%s', got '%.80s'",
		          m->path, key, want, got ? got : "");
	free(got);
	return failed ? -1 : 0;
}

/* Records of before there were other machines have none in bench.tsv. */
static int check_driver(const struct measurements *m, const char *want,
                        struct fault *f)
{
	char *got = samples_get_note(&m->samples, "driver");
	int failed = got && want && check_note(m, "driver", want, f);

	free(got);
	return failed;
}

/* The first reason among the candidate's rows. A reason of the incumbent alone
 * is no verdict on the candidate. */
static int find_reason(struct measurements *m, struct fault *f)
{
	const struct sample *incumbent = NULL;

	for (size_t i = 0; i < m->samples.count; i++) {
		const struct sample *r = &m->samples.row[i];

		if (!strcmp(r->status, "ok"))
			continue;
		if (!verdict_reason(r->status))
			return fault_set(f, "%s: unknown status '%s'", m->path,
			                 r->status);
		if (r->side == CANDIDATE) {
			m->failed = xstrdup(r->status);
			return 0;
		}
		incumbent = r;
	}
	if (incumbent)
		return fault_set(f,
		                 "%s: the incumbent failed (%s): nothing can "
		                 "be said about the candidate",
		                 m->path, incumbent->status);
	return 0;
}

static int has_clock_mismatch(const struct measurements *m)
{
	const struct comparison *c = &m->comparison;

	for (size_t i = 0; i < c->count; i++)
		if (c->cell[i].is_deciding &&
		    clocks_disagree(&m->samples, c->cell[i].workload))
			return 1;
	return m->needs_wall && c->decision == DECISION_BETTER &&
	       !(c->wall > 0);
}

int measurements_cover(const struct measurements *m, size_t listed,
                       struct fault *f)
{
	const struct comparison *c = &m->comparison;
	size_t measured = 0;

	for (size_t i = 0; i < c->count; i++)
		measured += (size_t)c->cell[i].is_deciding;
	if (measured != listed && !m->failed)
		return fault_set(f,
		                 "%s: want %zu workloads in mode %s, got %zu",
		                 m->path, listed, c->mode, measured);
	return 0;
}

/* What was verified is what was measured, but for hidden shapes. */
static int check_workloads(const struct measurements *m,
                           const struct verification *v, struct fault *f)
{
	const struct comparison *c = &m->comparison;
	size_t listed = 0;

	for (size_t k = 0; k < v->count; k++)
		listed += !workload_is_hidden(
		        json_string(json_get(v->line[k], "uuid")));
	for (size_t i = 0; i < c->count; i++) {
		size_t k = 0;

		while (k < v->count &&
		       strcmp(json_string(json_get(v->line[k], "uuid")),
		              c->cell[i].workload))
			k++;
		if (k == v->count)
			return fault_set(f, "%s: workload %s is not in %s",
			                 m->path, c->cell[i].workload, v->path);
	}
	return measurements_cover(m, listed, f);
}

int measurements_weigh(struct measurements *m, const struct settings *settings,
                       struct fault *f)
{
	m->seed = samples_get_note(&m->samples, "seed");
	m->started_at = samples_get_note(&m->samples, "started_at");
	m->timing = samples_get_note(&m->samples, "timing");
	m->needs_wall = has_note(m, "timing", TIMING_EVENTS_WALL);
	if (!m->seed || !m->started_at)
		return fault_set(f, "%s: want notes seed and started_at",
		                 m->path);
	return find_reason(m, f) || comparison_make(m->path, &m->samples,
	                                            settings, &m->comparison, f)
	               ? -1
	               : 0;
}

int measurements_read(const char *dir, const char *name,
                      const struct settings *settings,
                      const struct verification *v, struct measurements *m,
                      struct fault *f)
{
	const char *harness = json_string(json_get(v->head, "harness"));
	const char *driver = json_string(json_get(v->head, "driver"));

	*m = (struct measurements){.path = xasprintf("%s/%s", dir, name)};
	if (samples_read(m->path, &m->samples, f))
		return -1;
	if (!m->samples.count)
		return 0;
	if (check_note(m, "judge_version",
	               json_string(json_get(v->head, "judge_version")), f) ||
	    measurements_weigh(m, settings, f) ||
	    (harness && check_note(m, "harness", harness, f)) ||
	    check_note(m, "device_name",
	               json_string(json_get(v->head, "device_name")), f) ||
	    check_driver(m, driver, f))
		return -1;
	if (!m->failed && has_clock_mismatch(m))
		m->failed = xstrdup(REASON_CLOCK_MISMATCH);
	return check_workloads(m, v, f);
}

void measurements_free(struct measurements *m)
{
	samples_free(&m->samples);
	comparison_free(&m->comparison);
	free(m->path);
	free(m->seed);
	free(m->timing);
	free(m->started_at);
	free(m->failed);
	*m = (struct measurements){.path = NULL};
}
