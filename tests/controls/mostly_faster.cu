/* mostly_faster - keeps long rows in registers, which is faster by a fifth or
 * more; short ones take half a percent longer
 *
 * kernel: softmax_rows
 * expect: accept
 *
 * The loss is within guard, so the answer is the same each time.
 */
#include "ratchet.h"

#define THREADS 1024

static __device__ float over_warp(float x, bool is_max)
{
	for (int d = 16; d > 0; d /= 2) {
		float y = __shfl_xor_sync(~0u, x, d);

		x = is_max ? fmaxf(x, y) : x + y;
	}
	return x;
}

static __device__ float over_cta(float x, bool is_max)
{
	__shared__ float of_warp[32];

	x = over_warp(x, is_max);
	__syncthreads();
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	return over_warp(of_warp[threadIdx.x % 32], is_max);
}

#define KEPT 32 /* elements a thread */

/* As the incumbent does it, and 60 cycles more. */
static __device__ void short_row(const float *in, float *out, int64_t cols)
{
	float max = -INFINITY, sum = 0;
	long long start;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		max = fmaxf(max, in[i]);
	max = over_cta(max, true);
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += expf(in[i] - max);
	sum = over_cta(sum, false);
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		out[i] = expf(in[i] - max) / sum;
	start = clock64();
	while (clock64() - start < 60)
		;
}

static __device__ void long_row(const float *in, float *out, int64_t cols)
{
	float kept[KEPT], max = -INFINITY, sum = 0;

#pragma unroll
	for (int k = 0; k < KEPT; k++) {
		int64_t i = k * THREADS + threadIdx.x;

		kept[k] = i < cols ? in[i] : -INFINITY;
		max = fmaxf(max, kept[k]);
	}
	max = over_cta(max, true);
#pragma unroll
	for (int k = 0; k < KEPT; k++) {
		kept[k] = expf(kept[k] - max);
		sum += kept[k];
	}
	sum = 1 / over_cta(sum, false);
#pragma unroll
	for (int k = 0; k < KEPT; k++) {
		int64_t i = k * THREADS + threadIdx.x;

		if (i < cols)
			out[i] = kept[k] * sum;
	}
}

static __global__ void __launch_bounds__(THREADS)
        softmax(const float *x, float *y, int64_t cols)
{
	const float *in = x + blockIdx.x * cols;
	float *out = y + blockIdx.x * cols;

	if (cols > 10000 && cols <= KEPT * THREADS)
		long_row(in, out, cols);
	else
		short_row(in, out, cols);
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
	softmax<<<(unsigned)rows, THREADS, 0, stream>>>(in, out, cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
