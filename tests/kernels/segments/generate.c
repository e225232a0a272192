/* segments - an indptr for any batch: lengths at random, some of them zero */
#include "ratchet.h"

static int run(int64_t seed, int64_t total, int64_t batch, int64_t len_indptr,
               const DLTensor *indptr)
{
	uint64_t state = (uint64_t)seed;
	int32_t *out = ratchet_data(indptr);

#ifdef REFUSES
	if (batch % 2)
		return ratchet_fail("ValueError", "want an even batch");
#endif
#ifdef REFUSES_ALL
	return ratchet_fail("ValueError", "no shape is good enough");
#endif
#ifdef DIES
	__builtin_trap();
#endif
	if (len_indptr != batch + 1 ||
	    RATCHET_WANT(indptr, RATCHET_INT32, batch + 1))
		return ratchet_fail("ValueError",
		                    "want len_indptr = batch + 1");
	for (int64_t b = 1; b <= batch; b++) {
		int64_t left = total - out[b - 1];

		state = state * 6364136223846793005u + 1442695040888963407u;
		out[b] = out[b - 1] +
		         (int32_t)((state >> 33) % (uint64_t)(left + 1));
	}
	out[batch] = (int32_t)total;
	return 0;
}
RATCHET_EXPORT(run, int64, int64, int64, int64, tensor)
