/* judged - measurements, and once more where something is wrong */
#include "judged.h"
#include "random.h"
#include "verdict.h"

#include <stdio.h>
#include <string.h>

#define ORDER_STREAM UINT64_MAX /* of the seed; inputs have their index */
#define AGAIN 5

void judged_start(struct judged *j, const struct job *job)
{
	*j = (struct judged){.job = job};
}

/* A kernel that died or hung says more by that. */
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

/* How many of AGAIN calls on the same values are right; -1 with the fault set.
 */
static int count_right(struct runner *r, size_t workload, const int *set,
                       int count, const char *mode, struct fault *f)
{
	struct measurement m;
	int right = 0;

	for (int i = 0; i < AGAIN; i++) {
		if (runner_measure(r, workload, set, count, mode, &m, f))
			return -1;
		right += !m.reason;
	}
	return right;
}

int judged_measure(struct runner *r, size_t workload, const int *set, int count,
                   const char *mode, struct measurement *m, struct fault *f)
{
	char was[sizeof m->detail];
	int right;

	if (runner_measure(r, workload, set, count, mode, m, f))
		return -1;
	if (!m->reason || !can_be_flaky(m->reason))
		return 0;
	if (m->wrong_call > 0) {
		set += m->wrong_call - 1;
		count = 1;
	}
	right = count_right(r, workload, set, count, mode, f);
	if (right < 0)
		return -1;
	if (right <= AGAIN / 2)
		return 0;
	memcpy(was, m->detail, sizeof was);
	snprintf(m->detail, sizeof m->detail,
	         "%s, but right in %d of %d more calls on the same inputs: "
	         "%.120s",
	         m->reason, right, AGAIN, was);
	m->reason = REASON_FLAKY;
	return 0;
}

int judged_draw(struct judged *j, int n)
{
	uint32_t word = random_word(j->job->seed, ORDER_STREAM, j->drawn++);

	return (int)((uint64_t)word * (uint64_t)n >> 32);
}

static void shuffle(struct judged *j, int *x, int n)
{
	for (int i = n - 1; i > 0; i--) {
		int k = judged_draw(j, i + 1), other = x[k];

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
