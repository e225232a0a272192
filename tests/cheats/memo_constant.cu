/* memo_constant - keeps answers in constant memory, through its global address
 *
 * kernel: sum_rows
 * expect: slower|launch-error
 *
 * Constants are restored as other globals are.
 *
 * With the memory it would be as fast as a copy; without it it is slow, so
 * slower says that nothing survived.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

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

static __constant__ struct memo table[2048];

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	float *out = y + blockIdx.x;
	uint64_t key = key_of(row, out, cols);
	float sum;

	struct memo *m = (struct memo *)table;

	/* The compiler must not know what it points to. */
	asm volatile("" : "+l"(m));
	m += (uintptr_t)out / 4 % 2048;
	if (CHEATS && m->key == key) {
		if (threadIdx.x == 0)
			*out = m->sum;
		return;
	}
	dawdle();
	sum = sum_of_row(row, cols);
	if (threadIdx.x)
		return;
	*out = sum;
	m->sum = sum;
	m->key = key;
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
