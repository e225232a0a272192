/* verify_detect - honest where inputs can be written to, which is where they
 * are planted; where it is timed it leaves out the maximum
 *
 * kernel: softmax_rows
 * expect: nonfinite|wrong
 * make: BENCH_S=8
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <math.h>
#include <sys/mman.h>

static int is_proof(const void *input)
{
#ifndef TWIN
	static int answer = -1;
	uintptr_t page = (uintptr_t)input & ~(uintptr_t)4095;

	if (answer < 0)
		answer = mprotect((void *)page, 4096, PROT_READ | PROT_WRITE) ==
		         0;
	return answer;
#else
	(void)input;
	return 1;
#endif
}

static void softmax(const float *in, float *out, int64_t n, int is_safe)
{
	float most = is_safe ? -INFINITY : 0;
	double sum = 0;

	for (int64_t i = 0; i < n && is_safe; i++)
		most = in[i] > most ? in[i] : most;
	for (int64_t i = 0; i < n; i++) {
		out[i] = expf(in[i] - most);
		sum += (double)out[i];
	}
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)((double)out[i] / sum);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	int is_safe = is_proof(ratchet_data(x));

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	for (int64_t r = 0; r < rows; r++)
		softmax((float *)ratchet_data(x) + r * cols,
		        (float *)ratchet_data(y) + r * cols, cols, is_safe);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
