/* generate - the values of a judgement's inputs */
#include "generate.h"

#include <string.h>

static enum random_kind kind_of(enum dtype t)
{
	switch (t) {
	case DTYPE_FLOAT32:
	case DTYPE_FLOAT16:
	case DTYPE_BFLOAT16:
		return RANDOM_NORMAL;
	case DTYPE_FLOAT8_E4M3FN:
	case DTYPE_FLOAT8_E5M2:
	case DTYPE_FLOAT4_E2M1:
		return RANDOM_NORMAL2;
	case DTYPE_BOOL:
		return RANDOM_BIT;
	case DTYPE_INT8:
		return RANDOM_BYTE;
	default:
		return RANDOM_KILO;
	}
}

/* To nearest, ties to even. No element is NaN. */
static uint16_t bfloat16_of(float x)
{
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	return (uint16_t)((u + 0x7fff + (u >> 16 & 1)) >> 16);
}

static void store(enum dtype t, void *array, size_t i, float x)
{
	if (t == DTYPE_FLOAT32)
		((float *)array)[i] = x;
	else if (t == DTYPE_BFLOAT16)
		((uint16_t *)array)[i] = bfloat16_of(x);
	else
		dtype_store(t, array, i, (double)x);
}

/* float16 and the narrower types overflow soon. */
static float large_of(enum dtype t)
{
	return t == DTYPE_FLOAT32 || t == DTYPE_BFLOAT16 ? 16 : 4;
}

/* Multiples of the smallest number that are not normal yet: at most so many. */
static uint32_t denormals_of(enum dtype t)
{
	switch (t) {
	case DTYPE_FLOAT8_E4M3FN:
		return 7;
	case DTYPE_FLOAT8_E5M2:
		return 3;
	case DTYPE_FLOAT4_E2M1:
		return 1;
	default:
		return 127;
	}
}

struct random_form generate_form(enum dtype t, enum plant plant, uint64_t n,
                                 uint64_t row)
{
	if (!dtype_is_float(t) || (plant == PLANT_ROWS && row >= n))
		plant = PLANT_NONE;
	return (struct random_form){.kind = kind_of(t),
	                            .plant = plant,
	                            .row = row ? row : 1,
	                            .large = large_of(t),
	                            .denormal = (float)dtype_ulp(t, 0),
	                            .denormals = denormals_of(t)};
}

void generate_tensor(enum dtype t, void *array, size_t n,
                     const struct random_form *form, uint64_t seed,
                     uint64_t stream)
{
	for (size_t i = 0; i < n; i += 4) {
		struct random4 r = random_block(seed, stream, i / 4);
		size_t count = n - i < 4 ? n - i : 4;

		for (size_t k = 0; k < count; k++)
			store(t, array, i + k,
			      random_value(form, seed, stream, i + k,
			                   r.word[k]));
	}
}

double generate_scalar(enum dtype t, enum plant plant, uint64_t seed,
                       uint64_t stream)
{
	struct random_form form = generate_form(t, plant, 1, 1);

	return (double)random_value(&form, seed, stream, 0,
	                            random_word(seed, stream, 0));
}
