/* rmsnorm_h4096 - y = x / sqrt(mean(x^2) + 1e-5) * weight, row by row
 *
 * The cores share out the rows. A row is read twice: for its sum of squares,
 * then, from the nearest cache, to be scaled.
 */
#include "ratchet.h"

#include <math.h>

#define H 4096
#define EPSILON 1e-5f

/* Independent partial sums, so that additions need not wait for one another. */
// knob: LANES 4 8 16 32 64
#define LANES 4

/* Rows that a core takes at a time. */
// knob: ROWS 1 2 4 8
#define ROWS 1

/* With fewer rows than this a second core costs more than it gives. */
// knob: MIN_ROWS 1 2 4 8
#define MIN_ROWS 1

/* How many elements ahead to fetch; 0: leave it to the processor. */
// knob: PREFETCH 0 512 1024 4096
#define PREFETCH 0

/* 1: widen the row once and keep it in float32 between the passes. */
// knob: KEEP 0 1
#define KEEP 0

typedef uint16_t bfloat; /* a bfloat16's bits */

static float widen(bfloat h)
{
	uint32_t w = (uint32_t)h << 16;
	float f;

	memcpy(&f, &w, sizeof f);
	return f;
}

/* Rounds to nearest, ties to even; keeps NaN from becoming infinity. */
static bfloat narrow(float x)
{
	uint32_t w, round;

	memcpy(&w, &x, sizeof w);
	round = w + 0x7fff + (w >> 16 & 1);
	return (bfloat)((x == x ? round : w | 0x400000) >> 16);
}

static void normalize(const bfloat *x, const bfloat *weight, bfloat *y)
{
	float partial[LANES] = {0}, sum = 0, scale;
#if KEEP
	float row[H];
#endif

	for (int i = 0; i < H; i += LANES) {
		if (PREFETCH && i % 32 == 0)
			__builtin_prefetch(x + i + PREFETCH);
		for (int l = 0; l < LANES; l++) {
			float f = widen(x[i + l]);

#if KEEP
			row[i + l] = f;
#endif
			partial[l] += f * f;
		}
	}
	for (int l = 0; l < LANES; l++)
		sum += partial[l];
	scale = 1 / sqrtf(sum / H + EPSILON);
	for (int i = 0; i < H; i++) {
#if KEEP
		float f = row[i];
#else
		float f = widen(x[i]);
#endif
		y[i] = narrow(f * scale * widen(weight[i]));
	}
}

static int run(const DLTensor *x, const DLTensor *weight, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_BFLOAT16, -1, H) ||
	    RATCHET_WANT(weight, RATCHET_BFLOAT16, H) ||
	    RATCHET_WANT(y, RATCHET_BFLOAT16, rows, H))
		return -1;
	const bfloat *in = ratchet_data(x), *w = ratchet_data(weight);
	bfloat *out = ratchet_data(y);
#pragma omp parallel for schedule(dynamic, ROWS) if (rows >= MIN_ROWS)
	for (int64_t r = 0; r < rows; r++)
		normalize(in + r * H, w, out + r * H);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
