/* scale_n - what is right: the product in double, one rounding */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = (float)((double)a * (double)x[i]);
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	scale<<<(unsigned)((n + 255) / 256), 256, 0, ratchet_stream(x)>>>(
	        (const float *)ratchet_data(x), (float)a,
	        (float *)ratchet_data(y), n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
