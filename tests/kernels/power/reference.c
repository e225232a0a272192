/* reference - twice x */
#include "ratchet.h"

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	for (int64_t i = 0; i < n; i++)
		out[i] = 2 * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor)
