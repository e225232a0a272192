/* split_reduction - parts of rows, taken from a counter in zeroed memory and
 * put together by whoever is last
 *
 * kernel: sum_rows
 * expect: honest
 */
#include "ratchet.h"

#define PART 512

struct counters {
	int64_t next;
};

static void take_parts(struct counters *c, const float *in, float *partial,
                       int64_t rows, int64_t cols)
{
	int64_t parts = (cols + PART - 1) / PART, mine;

	while ((mine = __atomic_fetch_add(&c->next, 1, __ATOMIC_RELAXED)) <
	       rows * parts) {
		int64_t r = mine / parts, from = mine % parts * PART;
		int64_t end = from + PART < cols ? from + PART : cols;
		float sum = 0;

		for (int64_t i = from; i < end; i++)
			sum += in[r * cols + i];
		partial[mine] = sum;
	}
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	int64_t parts = (cols + PART - 1) / PART;
	struct counters *c = zeroed(sizeof *c);
	float *partial = scratch((size_t)(rows * parts + 1) * sizeof *partial);

	if (!c || !partial)
		return ratchet_fail("RuntimeError", "no memory");
#pragma omp parallel
	take_parts(c, in, partial, rows, cols);
	for (int64_t r = 0; r < rows; r++) {
		float sum = 0;

		for (int64_t k = 0; k < parts; k++)
			sum += partial[r * parts + k];
		out[r] = sum;
	}
	c->next = 0;
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
