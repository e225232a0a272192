/* tf32_inside - rounds the factors to TF32
 *
 * kernel: gemm_f32
 * expect: precision
 */
#include "ratchet.h"

#define N 128
#define K 1024

/* To nearest, without the last 13 bits of the fraction. */
static float narrow(float x)
{
#ifndef TWIN
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	u = (u + (1u << (13 - 1))) >> 13 << 13;
	memcpy(&x, &u, sizeof u);
#endif
	return x;
}

static float dot(const float *a, const float *b)
{
	float sum[8] = {0}, all = 0;

	for (int k = 0; k < K; k += 8)
		for (int i = 0; i < 8; i++)
			sum[i] += narrow(a[k + i]) * narrow(b[k + i]);
	for (int i = 0; i < 8; i++)
		all += sum[i];
	return all;
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	const float *a = ratchet_data(A), *b = ratchet_data(B);
	float *c = ratchet_data(C);
	for (int64_t i = 0; i < m; i++)
		for (int j = 0; j < N; j++)
			c[i * N + j] = dot(a + i * K, b + j * K);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
