/* clock_backoff - two threads that wait for each other, by the clock
 *
 * kernel: sum_rows
 * expect: honest
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <omp.h>
#include <stdatomic.h>
#include <time.h>

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Looks every microsecond. */
static void wait_for(_Atomic int *flag)
{
	while (!atomic_load(flag))
		for (int64_t until = now_ns() + 1000; now_ns() < until;)
			;
}

static void sum_rows(const float *in, float *out, int64_t from, int64_t to,
                     int64_t cols)
{
	for (int64_t r = from; r < to; r++) {
		float sum = 0;

		for (int64_t i = 0; i < cols; i++)
			sum += in[r * cols + i];
		out[r] = sum;
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
	_Atomic int is_done = 0;

#pragma omp parallel num_threads(2)
	{
		int64_t half = rows / 2, me = omp_get_thread_num();

		sum_rows(in, out, me ? half : 0, me ? rows : half, cols);
		if (omp_get_num_threads() == 1)
			sum_rows(in, out, half, rows, cols);
		else if (me)
			atomic_store(&is_done, 1);
		else
			wait_for(&is_done);
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
