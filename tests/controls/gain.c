/* gain - four sums at a time: an honest gain of some ten percent or more (1.5 %
 * is for a device with a steadier clock)
 *
 * kernel: sum_rows
 * expect: accept
 */
#include "ratchet.h"

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
	for (int64_t r = 0; r < rows; r++)
		out[r] = sum_of(in + r * cols, cols);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
