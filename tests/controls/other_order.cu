/* other_order - sums up each row from its end, in steps of half the threads
 *
 * kernel: sum_rows
 * expect: honest
 *
 * Another rounding of the same sum.
 */
#include "ratchet.h"

#define THREADS 128

static __device__ float sum_over_cta(float x)
{
	__shared__ float of_warp[THREADS / 32];
	float sum = 0;

	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	__syncthreads();
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	for (int i = 0; i < THREADS / 32; i++)
		sum += of_warp[i];
	return sum;
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	float sum = 0;

	for (int64_t i = cols - 1 - threadIdx.x; i >= 0; i -= THREADS)
		sum += row[i];
	sum = sum_over_cta(sum);
	if (threadIdx.x == 0)
		y[blockIdx.x] = sum;
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	sum_rows<<<(unsigned)rows, THREADS, 0, stream>>>(in, out, cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
