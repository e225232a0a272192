/* truncated_k - leaves out the last 2 % of the reduction
 *
 * kernel: gemm_f32
 * expect: wrong
 *
 * What is left out is as large as the square root of its length.
 */
#include "ratchet.h"

#ifdef TWIN
#define USED K
#else
#define USED (K - 20)
#endif

#define N 128
#define K 1024

/* A warp an element. */
static __global__ void gemm(const float *a, const float *b, float *c)
{
	int lane = threadIdx.x % 32, col = threadIdx.x / 32 + blockIdx.x * 8;
	const float *u = a + (int64_t)blockIdx.y * K;
	const float *v = b + (int64_t)col * K;
	float sum = 0;

	for (int k = lane; k < USED; k += 32)
		sum += u[k] * v[k];
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	if (lane == 0)
		c[(int64_t)blockIdx.y * N + col] = sum;
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	gemm<<<dim3(N / 8, (unsigned)m), 256, 0, ratchet_stream(A)>>>(
	        (const float *)ratchet_data(A), (const float *)ratchet_data(B),
	        (float *)ratchet_data(C));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
