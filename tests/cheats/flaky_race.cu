/* flaky_race - adds up the warps without waiting for them, in one launch of
 * fifty
 *
 * kernel: sum_rows
 * expect: flaky|wrong
 *
 * A missing barrier that shows in some launches. Which ones is taken from the
 * clock here, so that the rate is known. A failure that does not repeat on the
 * same inputs is flaky; wrong, if by chance it repeats.
 */
#include "ratchet.h"

#define THREADS 256

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	__shared__ float of_warp[THREADS / 32];
	const float *in = x + blockIdx.x * cols;
	float sum = 0;
	bool waits = true;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += in[i];
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
#ifndef TWIN
	waits = blockIdx.x || (clock64() * 0x9E3779B97F4A7C15u >> 32) % 50;
#endif
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = sum;
	__syncthreads();
	if (threadIdx.x)
		return;
	for (int i = 1; i < (waits ? THREADS / 32 : THREADS / 64); i++)
		sum += of_warp[i];
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
