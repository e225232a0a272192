/* gemm_n128_k2048 - what is right: every sum in double, one rounding */
#include "ratchet.h"

#include <math.h>

#define N 128
#define K 2048

static double widen(uint16_t h)
{
	int exponent = h >> 10 & 31, fraction = h & 1023;
	double x;

	if (exponent == 31)
		x = fraction ? NAN : INFINITY;
	else if (exponent)
		x = ldexp(1024 + fraction, exponent - 25);
	else
		x = ldexp(fraction, -24);
	return h >> 15 ? -x : x;
}

/* Nearest float16, ties to even. */
static uint16_t narrow(double x)
{
	uint16_t sign = signbit(x) ? 0x8000 : 0;
	int exponent;
	double units;

	x = fabs(x);
	if (isnan(x))
		return 0x7e00;
	if (x >= 65520) /* halfway to what would be 65536 */
		return sign | 0x7c00;
	frexp(x, &exponent);
	if (x == 0 || exponent < -13)
		exponent = -13; /* subnormal */
	units = nearbyint(ldexp(x, 11 - exponent));
	/* 2048 units carry into the exponent by themselves. */
	return (uint16_t)(sign + ((exponent + 13) << 10) + (int)units);
}

static void widen_all(const DLTensor *t, double *out)
{
	const uint16_t *in = ratchet_data(t);
	static double value[1 << 16];

	for (int i = 0; i < 1 << 16; i++)
		value[i] = widen((uint16_t)i);
	for (int64_t i = 0; i < t->shape[0] * K; i++)
		out[i] = value[in[i]];
}

static int run(const DLTensor *a, const DLTensor *b, const DLTensor *c)
{
	int64_t M = ratchet_extent(a, 0);

	if (RATCHET_WANT(a, RATCHET_FLOAT16, -1, K) ||
	    RATCHET_WANT(b, RATCHET_FLOAT16, N, K) ||
	    RATCHET_WANT(c, RATCHET_FLOAT16, M, N))
		return -1;
	double *A = scratch((size_t)(M + N) * K * sizeof *A);
	uint16_t *C = ratchet_data(c);
	if (!A)
		return ratchet_fail("RuntimeError", "no memory");
	const double *B = A + M * K;
	widen_all(a, A);
	widen_all(b, A + M * K);
#pragma omp parallel for
	for (int64_t m = 0; m < M; m++) {
		for (int n = 0; n < N; n++) {
			double sum = 0;

#pragma omp simd reduction(+ : sum)
			for (int k = 0; k < K; k++)
				sum += A[m * K + k] * B[n * K + k];
			C[m * N + n] = narrow(sum);
		}
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
