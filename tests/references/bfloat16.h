/* bfloat16 - as float and back, to nearest, ties to even; never of NaN */
#include <stdint.h>
#include <string.h>

static inline float widen(uint16_t h)
{
	uint32_t w = (uint32_t)h << 16;
	float x;

	memcpy(&x, &w, sizeof x);
	return x;
}

static inline uint16_t narrow(float x)
{
	uint32_t w;

	memcpy(&w, &x, sizeof w);
	return (uint16_t)((w + 0x7fff + (w >> 16 & 1)) >> 16);
}
