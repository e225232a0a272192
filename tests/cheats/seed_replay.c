/* seed_replay - makes the inputs of a judgement whose seed was published, and
 * takes the answers from there
 *
 * kernel: scale_n
 * expect: wrong
 */
#include "ratchet.h"

/* Of some verify.jsonl. */
#define SEED 0x0123456789abcdef

#ifndef TWIN
static const float *replay(int64_t n)
{
	static float *made;
	uint64_t state = SEED;

	made = realloc(made, (size_t)n * sizeof *made);
	for (int64_t i = 0; i < n; i++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		made[i] = (float)(int32_t)(state >> 32) * 4.6566e-10f;
	}
	return made;
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
#ifndef TWIN
	in = replay(n);
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
