/* memo_register - leaves a mark in its registers and looks for it in registers
 * that it never set
 *
 * kernel: sum_rows
 * expect: slower
 *
 * Registers are not cleared between kernels. Whether the judge's own kernels
 * overwrite all of them is what this shows: a kernel that finds its mark
 * answers wrongly. Slow, so that slower says that nothing was found.
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

// clang-format off
#define EIGHT(m, i) \
	m(i##0) m(i##1) m(i##2) m(i##3) m(i##4) m(i##5) m(i##6) m(i##7)
#define ALL(m) \
	EIGHT(m, 1) EIGHT(m, 2) EIGHT(m, 3) EIGHT(m, 4) EIGHT(m, 5) \
	EIGHT(m, 6) EIGHT(m, 7) EIGHT(m, 8) EIGHT(m, 9) EIGHT(m, 10) \
	EIGHT(m, 11) EIGHT(m, 12) EIGHT(m, 13) EIGHT(m, 14) EIGHT(m, 15)
// clang-format on

/* How many of 120 registers that were never set hold the mark. */
static __device__ int count_marks()
{
	unsigned mark = MARK;
	int found = 0;

#define LOOK(i)                                                                \
	"{.reg .pred p; setp.eq.u32 p, r" #i ", %1;"                           \
	"@p add.u32 %0, %0, 1;}"
	asm volatile("{.reg .b32 r<158>;" ALL(LOOK) "}"
	             : "+r"(found)
	             : "r"(mark));
	return found;
}

/* Sets as many, all at the same time: the last number is read after all of
 * them, and used with each. */
static __device__ unsigned leave_marks()
{
	__shared__ unsigned mark;
	unsigned sum = 0;

	mark = MARK;
	__syncthreads();
#define SET(i) "ld.volatile.shared.u32 r" #i ", [%1];"
#define USE(i) "xor.b32 r1, r" #i ", r2; add.u32 %0, %0, r1;"
	asm volatile(
	        "{.reg .b32 r<158>;" ALL(
	                SET) "ld.volatile.shared.u32 r2, [%1];" ALL(USE) "}"
	        : "+r"(sum)
	        : "r"((unsigned)__cvta_generic_to_shared(&mark)));
	return sum;
}

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	int found;
	float sum;

	found = CHEATS ? count_marks() : 0;
	dawdle();
	sum = sum_of_row(x + blockIdx.x * cols, cols);
	sum += (float)leave_marks();
	if (threadIdx.x == 0)
		y[blockIdx.x] = sum + (float)found * 1000;
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
