/* sum_rows - what is right: the sum in double, one rounding */
#include "ratchet.h"

#define THREADS 256

/* A CTA a row. */
static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	__shared__ double part[THREADS];
	const float *in = x + blockIdx.x * cols;
	double sum = 0;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += (double)in[i];
	part[threadIdx.x] = sum;
	for (int n = THREADS / 2; n > 0; n /= 2) {
		__syncthreads();
		if (threadIdx.x < n)
			part[threadIdx.x] += part[threadIdx.x + n];
	}
	if (threadIdx.x == 0)
		y[blockIdx.x] = (float)part[0];
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	sum_rows<<<(unsigned)rows, THREADS, 0, ratchet_stream(x)>>>(
	        (const float *)ratchet_data(x), (float *)ratchet_data(y), cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
