/* gemm_f32 - C = A B^T: a warp takes 2 x 4 elements, its lanes share K */
#include "ratchet.h"

#define N 128
#define K 1024
#define ROWS 2
#define COLS 4
#define WARPS 4 /* of a CTA, side by side along N */

static __device__ float sum_over_warp(float x)
{
	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	return x;
}

static __global__ void gemm(const float *a, const float *b, float *c, int64_t m)
{
	int lane = threadIdx.x % 32;
	int64_t row = (int64_t)blockIdx.y * ROWS;
	int col = (blockIdx.x * WARPS + threadIdx.x / 32) * COLS;
	float sum[ROWS][COLS] = {};

	for (int k = lane * 4; k < K; k += 128) {
		float4 u[ROWS], v[COLS];

		for (int i = 0; i < ROWS; i++)
			u[i] = *(const float4 *)(a + min(row + i, m - 1) * K +
			                         k);
		for (int j = 0; j < COLS; j++)
			v[j] = *(const float4 *)(b + (col + j) * K + k);
		for (int i = 0; i < ROWS; i++)
			for (int j = 0; j < COLS; j++)
				sum[i][j] += u[i].x * v[j].x + u[i].y * v[j].y +
				             u[i].z * v[j].z + u[i].w * v[j].w;
	}
	for (int i = 0; i < ROWS; i++)
		for (int j = 0; j < COLS; j++) {
			float all = sum_over_warp(sum[i][j]);

			if (lane == 0 && row + i < m)
				c[(row + i) * N + col + j] = all;
		}
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);
	dim3 grid(N / COLS / WARPS, (unsigned)((m + ROWS - 1) / ROWS));

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	gemm<<<grid, WARPS * 32, 0, ratchet_stream(A)>>>(
	        (const float *)ratchet_data(A), (const float *)ratchet_data(B),
	        (float *)ratchet_data(C), m);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
