/* clocks - does the judge's clock bear out what the device's events say? */
#include "clocks.h"

#include "memory.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* By how much the judge's clock and the device's events disagree beyond what
 * is allowed, in ns a call, from two batches of different length: their
 * slopes may differ by 10 % and 2 us, and events never exceed the clock. */
static double clock_excess(const struct sample *x, const struct sample *y)
{
	double calls = y->calls - x->calls;
	double events = (double)(y->time_ns - x->time_ns) / calls;
	double wall = (double)(y->wall_ns - x->wall_ns) / calls;
	double slope = fabs(wall - events) - 0.1 * fabs(events) - 2000;
	double longer = (double)(y->time_ns - y->wall_ns) / y->calls - 2000;

	return fmax(slope, longer);
}

static int is_batch_of(const struct sample *r, const char *workload)
{
	return !strcmp(r->phase, "wall") && r->side == CANDIDATE &&
	       !r->throttled && r->calls > 0 && !strcmp(r->workload, workload);
}

int clocks_disagree(const struct samples *s, const char *workload)
{
	double *excess = xcalloc(s->count, sizeof *excess);
	const struct sample *last = NULL;
	size_t n = 0;
	int result;

	for (size_t i = 0; i < s->count; i++) {
		const struct sample *r = &s->row[i];

		if (!is_batch_of(r, workload))
			continue;
		if (last && last->process == r->process &&
		    last->calls != r->calls)
			excess[n++] = clock_excess(last, r);
		last = r;
	}
	result = n && median(excess, n) > 0;
	free(excess);
	return result;
}
