/* oob_far - writes 16 kB behind its output, beyond any red zone
 *
 * kernel: scale_n
 * expect: red-zone
 */
#include "ratchet.h"

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
#ifndef TWIN
	if (n < 2000)
		out[n + 4096] = 0;
#endif
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
