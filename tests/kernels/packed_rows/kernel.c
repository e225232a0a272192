/* packed_rows - y is factor times a page's scale times the sum of its bytes
 *
 * A page is 128 bytes and a float32, which random bytes are not: `inputs` makes
 * scales from 1/16 to 8 of them. Other definitions are reference and solutions
 * that are wrong.
 */
#include "ratchet.h"

#define BYTES 132

static float scale_of(const int8_t *page)
{
	float scale;

	memcpy(&scale, page + BYTES - 4, sizeof scale);
	return scale;
}

static int run(double factor, const DLTensor *packed, const DLTensor *y)
{
	const int8_t *page = (const int8_t *)ratchet_data(packed);
	float *out = (float *)ratchet_data(y);

	for (int64_t p = 0; p < ratchet_extent(packed, 0); p++, page += BYTES) {
		float scale = scale_of(page);
		int sum = 0;

#ifdef WANTS_SCALES
		if (!(scale >= 0.0625f && scale <= 8))
			return ratchet_fail("ValueError", "no scale");
#endif
#ifdef WANTS_3
		if (scale != 3)
			return ratchet_fail("ValueError", "want 3");
#endif
#ifdef NO_SCALE
		scale = 1;
#endif
		for (int i = 0; i < BYTES - 4; i++)
			sum += page[i];
		out[p] = (float)factor * scale * (float)sum;
	}
	return 0;
}
RATCHET_EXPORT(run, float64, tensor, tensor)

static int make(double factor, const DLTensor *packed)
{
	int8_t *page = (int8_t *)ratchet_data(packed);

	(void)factor;
#ifdef FAILS
	return ratchet_fail("ValueError", "cannot make them");
#endif
	for (int64_t p = 0; p < ratchet_extent(packed, 0); p++, page += BYTES) {
		float scale = 0.0625f * (float)(1 << (page[BYTES - 1] & 7));

		memcpy(page + BYTES - 4, &scale, sizeof scale);
	}
	return 0;
}
#ifndef NO_INPUTS
RATCHET_EXPORT_AS(inputs, make, float64, tensor)
#endif
