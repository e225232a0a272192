/* generate - the values of a judgement's inputs */
#include "generate.h"

#include <string.h>

enum random_kind generate_kind(enum dtype t)
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

void generate_tensor(enum dtype t, void *array, size_t n, uint64_t seed,
                     uint64_t stream)
{
	enum random_kind kind = generate_kind(t);

	for (size_t i = 0; i < n; i += 4) {
		struct random4 r = random_block(seed, stream, i / 4);
		size_t count = n - i < 4 ? n - i : 4;

		for (size_t k = 0; k < count; k++)
			store(t, array, i + k, random_element(kind, r.word[k]));
	}
}
