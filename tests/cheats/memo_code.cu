/* memo_code - writes to its own code, and answers wrongly if it finds what it
 * wrote
 *
 * kernel: sum_rows
 * expect: slower|launch-error|died
 *
 * Instructions lie in memory that the judge does not restore. The device must
 * not let a kernel write them; if it does, the mark is found and the verdict
 * is wrong.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

#define THREADS 256
#define MARK 0x5eed5eedu

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

/* Long enough, and not called. */
static __device__ __noinline__ unsigned victim(unsigned x)
{
	for (unsigned i = 0; i < x; i++)
		x = x * x + i;
	return x;
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	unsigned (*volatile function)(unsigned) = victim;
	volatile unsigned *code = (volatile unsigned *)(uintptr_t)function;
	unsigned was = CHEATS ? code[16] : 0;
	float sum;

	dawdle();
	sum = sum_of_row(x + blockIdx.x * cols, cols);
	if (threadIdx.x)
		return;
	y[blockIdx.x] = was == MARK ? sum + 1000 : sum;
	if (CHEATS)
		code[16] = MARK;
	if (cols < 0)
		y[0] = (float)function((unsigned)cols);
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
