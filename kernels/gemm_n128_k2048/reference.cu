/* gemm_n128_k2048 - what is right: every sum in double, one rounding */
#include "ratchet.h"

#include <cuda_fp16.h>

#define N 128
#define K 2048
#define TILE 32 /* rows and columns of C a CTA, and terms at a time */
#define ROWS 4  /* of a thread */

/* A thread sums ROWS elements of one column, TILE / ROWS rows apart. */
static __global__ void gemm(const half *A, const half *B, half *C, int64_t M)
{
	__shared__ float a[TILE][TILE], b[TILE][TILE + 1];
	int x = threadIdx.x, y = threadIdx.y;
	int64_t m0 = (int64_t)blockIdx.y * TILE;
	int n0 = blockIdx.x * TILE;
	double sum[ROWS] = {};

	for (int k0 = 0; k0 < K; k0 += TILE) {
		for (int r = y; r < TILE; r += TILE / ROWS) {
			a[r][x] =
			        m0 + r < M
			                ? __half2float(A[(m0 + r) * K + k0 + x])
			                : 0;
			b[r][x] = __half2float(B[(n0 + r) * K + k0 + x]);
		}
		__syncthreads();
		for (int k = 0; k < TILE; k++)
			for (int i = 0; i < ROWS; i++)
				sum[i] += (double)a[y + i * (TILE / ROWS)][k] *
				          b[x][k];
		__syncthreads();
	}
	for (int i = 0; i < ROWS; i++) {
		int64_t m = m0 + y + i * (TILE / ROWS);

		if (m < M)
			C[m * N + n0 + x] = __double2half(sum[i]);
	}
}

static int run(const DLTensor *a, const DLTensor *b, const DLTensor *c)
{
	int64_t M = ratchet_extent(a, 0);

	if (RATCHET_WANT(a, RATCHET_FLOAT16, -1, K) ||
	    RATCHET_WANT(b, RATCHET_FLOAT16, N, K) ||
	    RATCHET_WANT(c, RATCHET_FLOAT16, M, N))
		return -1;
	dim3 grid(N / TILE, (unsigned)((M + TILE - 1) / TILE));
	gemm<<<grid, dim3(TILE, TILE / ROWS), 0, ratchet_stream(a)>>>(
	        (const half *)ratchet_data(a), (const half *)ratchet_data(b),
	        (half *)ratchet_data(c), M);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
