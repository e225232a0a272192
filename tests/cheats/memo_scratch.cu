/* memo_scratch - keeps answers in scratch memory, keyed by a hash of the input
 *
 * kernel: sum_rows
 * expect: slower
 *
 * Scratch memory is poisoned before every call.
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

static __global__ void sum_rows(const float *x, float *y, int64_t cols,
                                struct memo *table)
{
	const float *row = x + blockIdx.x * cols;
	float *out = y + blockIdx.x;
	uint64_t key = key_of(row, out, cols);
	float sum;

	volatile struct memo *m = &table[(uintptr_t)out / 4 % 4096];
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
	struct memo *table = (struct memo *)scratch(4096 * sizeof *table);

	sum_rows<<<(unsigned)rows, THREADS, 0, stream>>>(in, out, cols, table);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
