/* dot - y[m] = sum of x[m][k] w[k], in float32; and, with one of the names
 * below defined, what is right for most inputs only
 */
#include "ratchet.h"

#include <math.h>

#define K 500

/* The nearest number with so many bits of fraction. */
__attribute__((unused)) static float narrow(float x, int bits)
{
	uint32_t u, unit = 1u << (23 - bits);

	memcpy(&u, &x, sizeof u);
	u = (u + unit / 2) & ~(unit - 1);
	memcpy(&x, &u, sizeof x);
	return x;
}

static float factor(float x)
{
#if defined(BFLOAT16_INSIDE)
	return narrow(x, 7);
#elif defined(TF32_INSIDE)
	return narrow(x, 10);
#else
	return x;
#endif
}

static float dot(const float *x, const float *w)
{
	float sum = 0, largest = 1;
	int end = K;

#if defined(TRUNCATED)
	end = K - K / 50;
#elif defined(SCALED_BY_LARGEST)
	for (int k = largest = 0; k < K; k++)
		largest = fmaxf(largest, fabsf(x[k]));
#endif
	for (int k = 0; k < end; k++)
		sum += factor(x[k] / largest) * factor(w[k]);
	sum *= largest;
#if defined(TINY_IS_ZERO)
	sum = fabsf(sum) < 0.01f ? 0 : sum;
#elif defined(OVERFLOWS)
	sum = fabsf(sum) > 5000 ? INFINITY : sum;
#elif defined(TOO_MUCH)
	sum *= 1.005f;
#endif
	return sum;
}

static int run(const DLTensor *x, const DLTensor *w, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0);
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(w, RATCHET_FLOAT32, K) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	for (int64_t m = 0; m < rows; m++)
		out[m] = dot(in + m * K, ratchet_data(w));
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
