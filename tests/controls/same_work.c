/* same_work - differs in compiled code, not in work
 *
 * kernel: sum_rows
 * expect: equivalent|noisy
 */
#include "ratchet.h"

int nobody_calls(void);
int nobody_calls(void)
{
	return 1;
}

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
