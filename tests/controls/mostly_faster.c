/* mostly_faster - four sums at a time, and a little waste where there is one
 * row
 *
 * kernel: sum_rows
 * expect: accept|regressed-workload|noisy
 */
#include "ratchet.h"

static void waste(int64_t n)
{
	for (volatile int64_t i = 0; i < n; i++)
		;
}

static float one_by_one(const float *x, int64_t n)
{
	float sum = 0;

	for (int64_t i = 0; i < n; i++)
		sum += x[i];
	return sum;
}

static float sum_of(const float *x, int64_t n)
{
	float sum[4] = {0};
	int64_t i = 0;

	for (; i + 4 <= n; i += 4)
		for (int k = 0; k < 4; k++)
			sum[k] += x[i + k];
	for (; i < n; i++)
		sum[0] += x[i];
	return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	if (rows == 1)
		waste(cols / 400);
	for (int64_t r = 0; r < rows; r++)
		out[r] = rows == 1 ? one_by_one(in + r * cols, cols)
		                   : sum_of(in + r * cols, cols);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
