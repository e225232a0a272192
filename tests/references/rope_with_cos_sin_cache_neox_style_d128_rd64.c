/* rope_with_cos_sin_cache_neox_style_d128_rd64 - plainly, a pair at a time */
#include "bfloat16.h"
#include "ratchet.h"

#define D 128
#define HALF 32 /* of the numbers that turn */

static void turn(const DLTensor *x, const float *cache, const int64_t *position,
                 const DLTensor *y)
{
	int64_t tokens = ratchet_extent(x, 0), heads = ratchet_extent(x, 1);
	const uint16_t *in = ratchet_data(x);
	uint16_t *out = ratchet_data(y);

	memcpy(out, in, (size_t)(tokens * heads * D) * sizeof *out);
	for (int64_t r = 0; r < tokens * heads; r++) {
		const float *c = cache + position[r / heads] * 2 * HALF;

		for (int i = 0; i < HALF; i++) {
			float a = widen(in[r * D + i]);
			float b = widen(in[r * D + HALF + i]);

			out[r * D + i] = narrow(a * c[i] - b * c[HALF + i]);
			out[r * D + HALF + i] =
			        narrow(b * c[i] + a * c[HALF + i]);
		}
	}
}

static int run(const DLTensor *q, const DLTensor *k, const DLTensor *cache,
               const DLTensor *positions, const DLTensor *q_out,
               const DLTensor *k_out)
{
	if (RATCHET_WANT(q, RATCHET_BFLOAT16, -1, -1, D) ||
	    RATCHET_WANT(k, RATCHET_BFLOAT16, -1, -1, D) ||
	    RATCHET_WANT(cache, RATCHET_FLOAT32, -1, 2 * HALF) ||
	    RATCHET_WANT(positions, RATCHET_INT64, -1))
		return -1;
	turn(q, ratchet_data(cache), ratchet_data(positions), q_out);
	turn(k, ratchet_data(cache), ratchet_data(positions), k_out);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)
