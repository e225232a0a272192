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
#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

#include "memo.h"

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
