/* gemm_n128_k2048 - C = A B^T on tensor cores, by tiles staged in shared memory
 *
 * A CTA makes TILE_M x TILE_N of C, summing in float32 over TILE_K terms at a
 * time. While M is small there are few tiles, so K may be split among CTAs:
 * each leaves its part in scratch, and the last to arrive adds them up, always
 * in the same order.
 */
#include "ratchet.h"

#include <cuda_fp16.h>
#include <cuda_pipeline.h>
#include <mma.h>

#define N 128
#define K 2048

// knob: TILE_M 16 32 64
#define TILE_M 64
// knob: TILE_N 16 32 64 128
#define TILE_N 64
// knob: TILE_K 32 64 128
#define TILE_K 64

/* Warps that share a tile; fewer where it is too small for so many. */
// knob: WARPS_M 1 2 4
#define WARPS_M 1
// knob: WARPS_N 1 2 4
#define WARPS_N 4

/* Tiles of A and B in flight or in use. */
// knob: STAGES 1 2 3 4
#define STAGES 3

/* CTAs that share one tile's K, if M is at most SPLIT_BELOW. */
// knob: SPLIT_K 1 2 4 8 16
#define SPLIT_K 8
// knob: SPLIT_BELOW 16 64 256 1024
#define SPLIT_BELOW 1024

/* Elements between rows in shared memory beyond TILE_K: against conflicts. */
// knob: PAD 0 8 16
#define PAD 16

using namespace nvcuda;

namespace
{
constexpr int least(int a, int b)
{
	return a < b ? a : b;
}

constexpr int WARP_ROWS = least(WARPS_M, TILE_M / 16);
constexpr int WARP_COLUMNS = least(WARPS_N, TILE_N / 16);
constexpr int WARPS = WARP_ROWS * WARP_COLUMNS;
constexpr int THREADS = 32 * WARPS;
constexpr int FM = TILE_M / 16 / WARP_ROWS; /* fragments a warp */
constexpr int FN = TILE_N / 16 / WARP_COLUMNS;
constexpr int PITCH = TILE_K + PAD;
constexpr int STAGE = (TILE_M + TILE_N) * PITCH; /* elements */
constexpr int PIPELINE_BYTES = STAGES * STAGE * (int)sizeof(half);
constexpr int TILE_BYTES = TILE_M * TILE_N * (int)sizeof(float);
constexpr int SHARED_BYTES =
        PIPELINE_BYTES > TILE_BYTES ? PIPELINE_BYTES : TILE_BYTES;

using accumulator = wmma::fragment<wmma::accumulator, 16, 16, 16, float>;

/* Starts copying rows x TILE_K elements, K apart; rows beyond the end become
 * zeros. */
template <int ROWS>
__device__ void fetch(half *shared, const half *from, int64_t left)
{
	constexpr int CHUNKS = TILE_K / 8; /* of 16 bytes, a row */

	for (int i = threadIdx.x; i < ROWS * CHUNKS; i += THREADS) {
		int row = i / CHUNKS, column = i % CHUNKS * 8;
		bool inside = row < left;

		__pipeline_memcpy_async(shared + row * PITCH + column,
		                        from + (inside ? row : 0) * K + column,
		                        16, inside ? 0 : 16);
	}
}

__device__ void multiply(const half *a, const half *b, accumulator sum[FM][FN])
{
	wmma::fragment<wmma::matrix_a, 16, 16, 16, half, wmma::row_major> x[FM];
	wmma::fragment<wmma::matrix_b, 16, 16, 16, half, wmma::col_major> y[FN];

#pragma unroll
	for (int k = 0; k < TILE_K; k += 16) {
#pragma unroll
		for (int i = 0; i < FM; i++)
			wmma::load_matrix_sync(x[i], a + i * 16 * PITCH + k,
			                       PITCH);
#pragma unroll
		for (int j = 0; j < FN; j++)
			wmma::load_matrix_sync(y[j], b + j * 16 * PITCH + k,
			                       PITCH);
#pragma unroll
		for (int i = 0; i < FM; i++)
#pragma unroll
			for (int j = 0; j < FN; j++)
				wmma::mma_sync(sum[i][j], x[i], y[j],
				               sum[i][j]);
	}
}

/* Writes this CTA's part of the tile to scratch. True for the CTA that comes
 * last: then part holds all of them. */
__device__ bool is_last(const float *tile, float *part, unsigned *arrived)
{
	__shared__ bool last;
	int64_t at = blockIdx.y * gridDim.x + blockIdx.x;
	float *mine = part + (at * SPLIT_K + blockIdx.z) * TILE_M * TILE_N;

	for (int i = threadIdx.x; i < TILE_M * TILE_N; i += THREADS)
		mine[i] = tile[i];
	__threadfence();
	__syncthreads();
	if (threadIdx.x == 0) {
		last = atomicAdd(&arrived[at], 1) == SPLIT_K - 1;
		if (last)
			arrived[at] = 0;
		__threadfence();
	}
	__syncthreads();
	return last;
}

__device__ float total(const float *tile, const float *part, int split, int i)
{
	int64_t at = blockIdx.y * gridDim.x + blockIdx.x;
	float sum = 0;

	if (split == 1)
		return tile[i];
	for (int z = 0; z < SPLIT_K; z++)
		sum += __ldcg(&part[(at * SPLIT_K + z) * TILE_M * TILE_N + i]);
	return sum;
}

__global__ void __launch_bounds__(THREADS)
        gemm(const half *A, const half *B, half *C, int64_t M, float *part,
             unsigned *arrived)
{
	extern __shared__ __align__(128) half shared[];
	float *tile = (float *)shared;
	int64_t m0 = (int64_t)blockIdx.y * TILE_M;
	int n0 = blockIdx.x * TILE_N, split = gridDim.z;
	int steps = K / TILE_K / split, k0 = blockIdx.z * steps * TILE_K;
	int wm = threadIdx.x / 32 / WARP_COLUMNS * FM * 16;
	int wn = threadIdx.x / 32 % WARP_COLUMNS * FN * 16;
	accumulator sum[FM][FN];

	for (int i = 0; i < FM; i++)
		for (int j = 0; j < FN; j++)
			wmma::fill_fragment(sum[i][j], 0.0f);
	auto fetch_step = [&](int s) {
		half *to = shared + s % STAGES * STAGE;

		if (s < steps) {
			int k = k0 + s * TILE_K;

			fetch<TILE_M>(to, A + m0 * K + k, M - m0);
			fetch<TILE_N>(to + TILE_M * PITCH,
			              B + (int64_t)n0 * K + k, TILE_N);
		}
		__pipeline_commit();
	};
	for (int s = 0; s < STAGES - 1; s++)
		fetch_step(s);
	for (int s = 0; s < steps; s++) {
		const half *a = shared + s % STAGES * STAGE;

		if (STAGES == 1)
			fetch_step(s);
		__pipeline_wait_prior(STAGES == 1 ? 0 : STAGES - 2);
		__syncthreads();
		if (STAGES > 1) /* into what the step before this one used */
			fetch_step(s + STAGES - 1);
		multiply(a + wm * PITCH, a + (TILE_M + wn) * PITCH, sum);
		if (STAGES == 1)
			__syncthreads();
	}
	__pipeline_wait_prior(0);
	__syncthreads();
	for (int i = 0; i < FM; i++)
		for (int j = 0; j < FN; j++)
			wmma::store_matrix_sync(
			        tile + (wm + i * 16) * TILE_N + wn + j * 16,
			        sum[i][j], TILE_N, wmma::mem_row_major);
	__syncthreads();
	if (split > 1 && !is_last(tile, part, arrived))
		return;
	for (int i = threadIdx.x; i < TILE_M * TILE_N; i += THREADS) {
		int64_t m = m0 + i / TILE_N;

		if (m < M)
			C[m * N + n0 + i % TILE_N] =
			        __float2half_rn(total(tile, part, split, i));
	}
}
} // namespace

static int run(const DLTensor *a, const DLTensor *b, const DLTensor *c)
{
	int64_t M = ratchet_extent(a, 0);
	float *part = NULL;
	unsigned *arrived = NULL;

	if (RATCHET_WANT(a, RATCHET_FLOAT16, -1, K) ||
	    RATCHET_WANT(b, RATCHET_FLOAT16, N, K) ||
	    RATCHET_WANT(c, RATCHET_FLOAT16, M, N))
		return -1;
	dim3 grid(N / TILE_N, (unsigned)((M + TILE_M - 1) / TILE_M),
	          M <= SPLIT_BELOW ? SPLIT_K : 1);
	if (grid.z > 1) {
		size_t tiles = (size_t)grid.x * grid.y;

		part = (float *)scratch(tiles * SPLIT_K * TILE_BYTES);
		arrived = (unsigned *)zeroed(tiles * sizeof *arrived);
		if (!part || !arrived)
			return ratchet_fail("RuntimeError", "no scratch");
	}
	if (ratchet_failed(cudaFuncSetAttribute(
	            gemm, cudaFuncAttributeMaxDynamicSharedMemorySize,
	            SHARED_BYTES)))
		return -1;
	gemm<<<grid, THREADS, SHARED_BYTES, ratchet_stream(a)>>>(
	        (const half *)ratchet_data(a), (const half *)ratchet_data(b),
	        (half *)ratchet_data(c), M, part, arrived);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
