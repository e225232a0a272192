/* copy - the incumbent again
 *
 * kernel: sum_rows
 * expect: equivalent
 *
 * The same compiled code, which is not timed.
 */
#include "ratchet.h"

#define THREADS 256

static __device__ float sum_over_warp(float x)
{
	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	return x;
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	__shared__ float of_warp[THREADS / 32];
	const float *in = x + blockIdx.x * cols;
	float sum = 0;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += in[i];
	sum = sum_over_warp(sum);
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = sum;
	__syncthreads();
	if (threadIdx.x >= 32)
		return;
	sum = sum_over_warp(threadIdx.x < THREADS / 32 ? of_warp[threadIdx.x]
	                                               : 0);
	if (threadIdx.x == 0)
		y[blockIdx.x] = sum;
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
