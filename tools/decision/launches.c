/* launches - how often a candidate was called and found right */
#include "launches.h"

#include <math.h>
#include <string.h>

#define MISSED 0.05 /* the chance that it would not have been seen */

/* Of batches (phase wall) only the last call of each set is checked. */
static int64_t of_samples(const struct samples *s)
{
	int64_t sum = 0;

	for (size_t i = 0; i < s->count; i++) {
		const struct sample *r = &s->row[i];

		if (r->side == CANDIDATE && strcmp(r->status, "ok") == 0 &&
		    strcmp(r->phase, "wall"))
			sum += r->calls;
	}
	return sum;
}

static int64_t of_verification(const struct verification *v)
{
	int64_t sum = 0, one;

	for (size_t i = 0; i < v->count; i++) {
		if (json_integer(json_get(v->line[i], "launches"), &one) == 0 &&
		    one > 0 && one < INT32_MAX)
			sum += one;
	}
	return sum;
}

void launches_count(const struct evidence *e, struct launches *out)
{
	out->checked = of_verification(&e->verification);
	/* A project checks what it validates, not what it measures. */
	if (!e->build.harness)
		out->checked += of_samples(&e->bench.samples) +
		                of_samples(&e->confirm.samples);
	out->rate = out->checked ? 1 - pow(MISSED, 1 / (double)out->checked)
	                         : (double)NAN;
}
