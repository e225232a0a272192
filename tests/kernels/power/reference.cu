/* reference - twice x */
#include "ratchet.h"

#define THREADS 256

__global__ void twice(const float *x, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * THREADS + threadIdx.x;

	if (i < n)
		y[i] = 2 * x[i];
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	twice<<<(unsigned)((n + THREADS - 1) / THREADS), THREADS, 0,
	        ratchet_stream(x)>>>((const float *)ratchet_data(x),
	                             (float *)ratchet_data(y), n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
