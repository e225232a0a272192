/* segments - y[b] = sum of x[i] of segment b
 *
 * With LISTED_ONLY defined it adds one to the last segment where the shape is
 * not the listed one.
 */
#include "ratchet.h"

static int run(const DLTensor *x, const DLTensor *indptr, const DLTensor *y)
{
	int64_t total = ratchet_extent(x, 0), batch = ratchet_extent(y, 0);
	const float *in = ratchet_data(x);
	const int32_t *from = ratchet_data(indptr);
	float *out = ratchet_data(y);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(indptr, RATCHET_INT32, batch + 1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, -1))
		return -1;
	for (int64_t b = 0; b < batch; b++) {
		double sum = 0;

		if (from[b] < 0 || from[b] > from[b + 1] || from[b + 1] > total)
			return ratchet_fail("ValueError", "a bad indptr");
		for (int32_t i = from[b]; i < from[b + 1]; i++)
			sum += in[i];
		out[b] = (float)sum;
	}
#ifdef LISTED_ONLY
	if (total != 4 || batch != 2)
		out[batch - 1] += 1;
#endif
	return from[batch] == total ? 0
	                            : ratchet_fail("ValueError",
	                                           "an indptr that ends early");
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
