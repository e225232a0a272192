/* memo_output_slack - keeps answers 1 MiB behind its output, where nothing
 * lies
 *
 * kernel: sum_rows
 * expect: slower
 *
 * Outputs are small, the pages that hold them are of 2 MiB, and a red zone is
 * 256 bytes wide. The whole arena must be as good as poisoned before every
 * call, but for answers that are not yet compared.
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

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	float *out = y + blockIdx.x;
	uint64_t key = key_of(row, out, cols);
	float sum;

#ifdef TWIN
	__shared__ struct memo none;
	struct memo *m = &none;
#else
	volatile struct memo *m =
	        (struct memo *)(((uintptr_t)y >> 8 << 12) % (1 << 20) +
	                        ((uintptr_t)y >> 21 << 21) + (1 << 20)) +
	        blockIdx.x;
#endif
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
