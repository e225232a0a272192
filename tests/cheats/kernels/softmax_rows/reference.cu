/* softmax_rows - what is right: all in double, one rounding */
#include "ratchet.h"

#define THREADS 1024

static __device__ double over_cta(double x, bool is_max)
{
	__shared__ double part[THREADS];

	part[threadIdx.x] = x;
	for (int n = THREADS / 2; n > 0; n /= 2) {
		__syncthreads();
		if (threadIdx.x < n) {
			double y = part[threadIdx.x + n];

			part[threadIdx.x] = is_max ? fmax(part[threadIdx.x], y)
			                           : part[threadIdx.x] + y;
		}
	}
	__syncthreads();
	x = part[0];
	__syncthreads();
	return x;
}

/* A CTA a row. */
static __global__ void softmax(const float *x, float *y, int64_t cols)
{
	const float *in = x + blockIdx.x * cols;
	float *out = y + blockIdx.x * cols;
	double max = -INFINITY, sum = 0;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		max = fmax(max, (double)in[i]);
	max = over_cta(max, true);
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += exp((double)in[i] - max);
	sum = over_cta(sum, false);
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		out[i] = (float)(exp((double)in[i] - max) / sum);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	softmax<<<(unsigned)rows, THREADS, 0, ratchet_stream(x)>>>(
	        (const float *)ratchet_data(x), (float *)ratchet_data(y), cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
