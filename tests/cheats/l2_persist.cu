/* l2_persist - reads its input with a policy that keeps it in the second-level
 * cache for the next call
 *
 * kernel: sum_rows
 * expect: slower
 *
 * The flush between calls must evict such lines, too. Found in the cache they
 * would save more than the half microsecond that this kernel wastes.
 */
#include "ratchet.h"

#define THREADS 256

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

static __device__ float load(const float *p, uint64_t policy)
{
#ifdef TWIN
	(void)policy;
	return *p;
#else
	float x;

	asm volatile("ld.global.L2::cache_hint.f32 %0, [%1], %2;"
	             : "=f"(x)
	             : "l"(p), "l"(policy));
	return x;
#endif
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	uint64_t policy = 0;
	float sum = 0;

#ifndef TWIN
	long long start = clock64();

	asm volatile("createpolicy.fractional.L2::evict_last.b64 %0, 1.0;"
	             : "=l"(policy));
	while (clock64() - start < 1000)
		;
#endif
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += load(row + i, policy);
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
