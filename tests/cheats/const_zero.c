/* const_zero - writes zeros, which most true values are within atol of
 *
 * kernel: softmax_rows
 * expect: wrong|precision
 */
#include "ratchet.h"

#include <math.h>

static void softmax(const float *in, float *out, int64_t n)
{
	float most = -INFINITY;
	double sum = 0;

	for (int64_t i = 0; i < n; i++)
		most = in[i] > most ? in[i] : most;
	for (int64_t i = 0; i < n; i++) {
		out[i] = expf(in[i] - most);
		sum += (double)out[i];
	}
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)((double)out[i] / sum);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
#ifndef TWIN
	memset(ratchet_data(y), 0, (size_t)(rows * cols) * sizeof(float));
	return 0;
#endif
	for (int64_t r = 0; r < rows; r++)
		softmax((float *)ratchet_data(x) + r * cols,
		        (float *)ratchet_data(y) + r * cols, cols);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
