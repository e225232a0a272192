/* other_order - sums from the last element to the first
 *
 * kernel: sum_rows
 * expect: honest
 */
#include "ratchet.h"

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int64_t r = 0; r < rows; r++) {
		float sum = 0;

		for (int64_t i = cols - 1; i >= 0; i--)
			sum += in[r * cols + i];
		out[r] = sum;
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
