/* memo_pointer - takes the same pointer and size for the same question
 *
 * kernel: scale_n
 * expect: wrong
 */
#include "ratchet.h"

static const float *known;
static int64_t known_n;
static float *answer;

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
#ifndef TWIN
	if (known == in && known_n == n) {
		memcpy(out, answer, (size_t)n * sizeof *out);
		return 0;
	}
#endif
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	known = in;
	known_n = n;
	answer = realloc(answer, (size_t)n * sizeof *out);
	memcpy(answer, out, (size_t)n * sizeof *out);
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
