/* solution - twice x, and not before PAD cycles of the clock are over
 *
 * The wait is longer than the memory takes: the cycles decide. */
#include "ratchet.h"

#define PAD 4000
#define THREADS 256

__global__ void twice(const float *x, float *y, int64_t n)
{
	int64_t start = clock64(),
	        i = (int64_t)blockIdx.x * THREADS + threadIdx.x;
	float v = i < n ? x[i] : 0;

	while (clock64() - start < PAD)
		;
	if (i < n)
		y[i] = 2 * v;
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
