/* clock_backoff - waits for other CTAs, reading the clock to wait longer and
 * longer
 *
 * kernel: sum_rows
 * expect: honest
 *
 * Reading the clock is no cheat as such.
 */
#include "ratchet.h"

#define THREADS 128
#define PARTS 4

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

static __device__ float sum_of_part(const float *row, int64_t cols)
{
	float sum = 0;

	for (int64_t i = blockIdx.y * THREADS + threadIdx.x; i < cols;
	     i += PARTS * THREADS)
		sum += row[i];
	return sum_over_cta(sum);
}

/* Until all other parts have come. */
static __device__ void wait_for(volatile unsigned *counter)
{
	long long pause = 32;

	while (*counter < PARTS - 1) {
		long long start = clock64();

		while (clock64() - start < pause)
			;
		pause = pause < 1024 ? 2 * pause : pause;
	}
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols,
                                volatile float *part, unsigned *counter)
{
	int64_t row = blockIdx.x;
	float sum = sum_of_part(x + row * cols, cols);

	if (threadIdx.x)
		return;
	if (blockIdx.y < PARTS - 1) {
		part[row * PARTS + blockIdx.y] = sum;
		__threadfence();
		atomicAdd(&counter[row], 1);
		return;
	}
	wait_for(&counter[row]);
	__threadfence();
	for (int i = 0; i < PARTS - 1; i++)
		sum += part[row * PARTS + i];
	y[row] = sum;
	counter[row] = 0;
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
	float *part = (float *)scratch((size_t)rows * PARTS * sizeof *part);
	unsigned *counter = (unsigned *)zeroed((size_t)rows * sizeof *counter);

	if (!part || !counter)
		return ratchet_fail("RuntimeError", "too many rows");
	sum_rows<<<dim3((unsigned)rows, PARTS), THREADS, 0, stream>>>(
	        in, out, cols, part, counter);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
