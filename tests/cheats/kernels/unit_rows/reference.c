/* unit_rows - what is right: all in double, one rounding */
#include "ratchet.h"

#include <math.h>

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	for (int64_t r = 0; r < rows; r++) {
		const float *in = (float *)ratchet_data(x) + r * cols;
		float *out = (float *)ratchet_data(y) + r * cols;
		double sum = 0;

		for (int64_t i = 0; i < cols; i++)
			sum += (double)in[i] * (double)in[i];
		for (int64_t i = 0; i < cols; i++)
			out[i] = (float)((double)in[i] / sqrt(sum));
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
