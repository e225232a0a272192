/* judged - measurements, seen together with what the same sets gave before */
#include "judged.h"
#include "memory.h"
#include "random.h"
#include "verdict.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ORDER_STREAM UINT64_MAX /* of the seed; inputs have their index */

void judged_start(struct judged *j, const struct job *job)
{
	*j = (struct judged){.job = job};
	j->passed = xcalloc((size_t)SIDE_COUNT * job->workloads.count,
	                    (size_t)job->sets);
}

void judged_free(struct judged *j)
{
	free(j->passed);
}

/* What is wrong now and was right before may be wrong once in many calls: that
 * is worth a name. Not the kernel that died or hung: it says more. */
static int can_be_flaky(const char *reason)
{
	static const char *const some[] = {REASON_WRONG,     REASON_UNWRITTEN,
	                                   REASON_NONFINITE, REASON_PRECISION,
	                                   REASON_RED_ZONE,  NULL};

	for (size_t i = 0; some[i]; i++) {
		if (strcmp(reason, some[i]) == 0)
			return 1;
	}
	return 0;
}

int judged_measure(struct judged *j, struct runner *r, enum side side,
                   size_t workload, const int *set, int count, const char *mode,
                   struct measurement *m, struct fault *f)
{
	const struct job *job = j->job;
	unsigned char *passed =
	        j->passed + ((size_t)side * job->workloads.count + workload) *
	                            (size_t)job->sets;
	int first, last, all = 1;

	if (runner_measure(r, workload, set, count, mode, m, f))
		return -1;
	/* Which calls may be the wrong one. */
	first = m->reason && m->wrong_call > 0 ? m->wrong_call - 1 : 0;
	last = m->reason && m->wrong_call > 0 ? m->wrong_call : count;
	for (int i = 0; i < (m->reason ? first : count); i++)
		passed[set[i]] = 1;
	for (int i = first; i < last; i++)
		all = all && passed[set[i]];
	if (m->reason && all && can_be_flaky(m->reason)) {
		char was[sizeof m->detail];

		memcpy(was, m->detail, sizeof was);
		snprintf(m->detail, sizeof m->detail,
		         "right before on the same inputs, now %s: %.150s",
		         m->reason, was);
		m->reason = REASON_FLAKY;
	}
	return 0;
}

static void shuffle(struct judged *j, int *x, int n)
{
	for (int i = n - 1; i > 0; i--) {
		uint32_t word =
		        random_word(j->job->seed, ORDER_STREAM, j->drawn++);
		int k = (int)((uint64_t)word * (uint64_t)(i + 1) >> 32);
		int other = x[k];

		x[k] = x[i];
		x[i] = other;
	}
}

void judged_order(struct judged *j, int *x, int n)
{
	for (int i = 0; i < n; i++)
		x[i] = i;
	shuffle(j, x, n);
}
