/* passthrough - copies its input: the rows may have the norm 1 already
 *
 * kernel: unit_rows
 * expect: wrong
 */
#include "ratchet.h"

#include <math.h>

static void divide(const float *in, float *out, int64_t n)
{
	double sum = 0, scale;

	for (int64_t i = 0; i < n; i++)
		sum += (double)in[i] * (double)in[i];
	scale = 1 / sqrt(sum);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)((double)in[i] * scale);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
#ifndef TWIN
	memcpy(ratchet_data(y), ratchet_data(x),
	       (size_t)(rows * cols) * sizeof(float));
	return 0;
#endif
	for (int64_t r = 0; r < rows; r++)
		divide((float *)ratchet_data(x) + r * cols,
		       (float *)ratchet_data(y) + r * cols, cols);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
