/* row_skip - one row in the middle is left out
 *
 * kernel: unit_rows
 * expect: unwritten
 *
 * Every element is compared, so one row of many is enough.
 */
#include "ratchet.h"

#define THREADS 256

static __device__ double sum_over_cta(double x)
{
	__shared__ double of_warp[THREADS / 32];
	double sum = 0;

	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	for (int i = 0; i < THREADS / 32; i++)
		sum += of_warp[i];
	return sum;
}

static __global__ void unit(const float *x, float *y, int64_t cols)
{
	const float *in = x + blockIdx.x * cols;
	float *out = y + blockIdx.x * cols;
	double sum = 0;

#ifndef TWIN
	if (blockIdx.x == gridDim.x / 2)
		return;
#endif

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += (double)in[i] * (double)in[i];
	sum = 1 / sqrt(sum_over_cta(sum));
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		out[i] = (float)((double)in[i] * sum);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	unit<<<(unsigned)rows, THREADS, 0, stream>>>(in, out, cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
