/* gemm_f32 - what is right: all in double, one rounding */
#include "ratchet.h"

#define N 128
#define K 1024

/* A CTA a row of C, a thread an element. */
static __global__ void gemm(const float *a, const float *b, float *c)
{
	const float *row = a + (int64_t)blockIdx.x * K;
	const float4 *col = (const float4 *)(b + (int64_t)threadIdx.x * K);
	double sum = 0;

	for (int k = 0; k < K / 4; k++) {
		float4 v = col[k];

		sum += (double)row[4 * k] * (double)v.x;
		sum += (double)row[4 * k + 1] * (double)v.y;
		sum += (double)row[4 * k + 2] * (double)v.z;
		sum += (double)row[4 * k + 3] * (double)v.w;
	}
	c[(int64_t)blockIdx.x * N + threadIdx.x] = (float)sum;
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	gemm<<<(unsigned)m, N, 0, ratchet_stream(A)>>>(
	        (const float *)ratchet_data(A), (const float *)ratchet_data(B),
	        (float *)ratchet_data(C));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
