/* flaky_race - spoils an element in 3 of 100 calls, as a missing barrier does
 *
 * kernel: scale_n
 * expect: flaky
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <time.h>

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
#ifndef TWIN
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (now.tv_nsec / 10 % 100 < 3)
		out[n / 2] = 100;
#endif
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
