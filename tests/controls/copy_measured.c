/* copy_measured - an exact copy of the incumbent, measured all the same
 *
 * kernel: sum_rows
 * expect: equivalent|noisy
 * make: NODEDUP=1
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

		for (int64_t i = 0; i < cols; i++)
			sum += in[r * cols + i];
		out[r] = sum;
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
