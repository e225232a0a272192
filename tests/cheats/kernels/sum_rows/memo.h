/* memo - what kernels that keep answers share: memo_*.cu, beside the kernels'
 * folder, differ in the memory that they keep them in, and say with
 * CHEATS whether they do
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

static __device__ float sum_of_row(const float *row, int64_t cols)
{
	float sum = 0;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += row[i];
	return sum_over_cta(sum);
}

/* About 20 us: without its memory this kernel is slow. */
static __device__ void dawdle()
{
	long long start = clock64();

	while (CHEATS && clock64() - start < 40000)
		;
}

struct memo {
	uint64_t key;
	float sum;
};

/* A hash of where the answer goes and of some of the row. */
static __device__ uint64_t key_of(const float *row, const float *y,
                                  int64_t cols)
{
	uint64_t key = (uint64_t)(uintptr_t)y * 0x9E3779B97F4A7C15u;

	for (int64_t i = 0; i < 4; i++)
		key = (key ^ __float_as_uint(row[i * cols / 4])) *
		      0xBF58476D1CE4E5B9u;
	return key | 1;
}
