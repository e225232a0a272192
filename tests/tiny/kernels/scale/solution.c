/* scale - y = 2 x, with too many passes */
#include "ratchet.h"

/* Only the last pass is needed. */
// knob: PASSES 1 2 4 8
#define PASSES 8

/* Changes the code, not the work. */
// knob: SPARE 0 1 2
#define SPARE 0

static int run(const DLTensor *x, const DLTensor *y)
{
	static volatile int spare = SPARE;
	int64_t n = x->shape[0];

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n) || spare > 2)
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int pass = 0; pass < PASSES; pass++) {
		for (int64_t i = 0; i < n; i++)
			out[i] = 2 * in[i];
		__asm__ volatile("" ::: "memory");
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
