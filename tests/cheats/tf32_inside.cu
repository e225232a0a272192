/* tf32_inside - tensor cores in TF32 where the contract is float32
 *
 * kernel: gemm_f32
 * expect: precision
 *
 * Every element is within tolerance; TF32 has 10 bits of fraction. The twin
 * splits every factor into three parts of TF32, which together are float32,
 * and adds up the products that matter.
 */
#include "ratchet.h"

#include <mma.h>

using namespace nvcuda;

#define N 128
#define K 1024
#define TILE 16
#define DEPTH 8
#ifdef TWIN
#define PARTS 3
#else
#define PARTS 1
#endif

using factor_a = wmma::fragment<wmma::matrix_a, TILE, TILE, DEPTH,
                                wmma::precision::tf32, wmma::row_major>;
using factor_b = wmma::fragment<wmma::matrix_b, TILE, TILE, DEPTH,
                                wmma::precision::tf32, wmma::col_major>;

/* part[0] + part[1] + ... is what was loaded. */
template <typename F> static __device__ void split(const F &whole, F *part)
{
	for (int i = 0; i < whole.num_elements; i++) {
		float rest = whole.x[i];

		for (int p = 0; p < PARTS; p++) {
			part[p].x[i] = wmma::__float_to_tf32(rest);
			rest -= part[p].x[i];
		}
	}
}

/* A warp takes 16 x 16 elements; rows beyond m are read from padded. */
static __global__ void gemm(const float *a, const float *b, float *c, int64_t m)
{
	__shared__ alignas(128) float padded[TILE * DEPTH], tile[TILE * TILE];
	wmma::fragment<wmma::accumulator, TILE, TILE, DEPTH, float> sum, step;
	int64_t row = (int64_t)blockIdx.y * TILE;
	int col = blockIdx.x * TILE;
	factor_a u, us[PARTS];
	factor_b v, vs[PARTS];

	wmma::fill_fragment(sum, 0.0f);
	for (int k = 0; k < K; k += DEPTH) {
		for (int i = threadIdx.x; i < TILE * DEPTH; i += 32)
			padded[i] = row + i / DEPTH < m
			                    ? a[(row + i / DEPTH) * K + k +
			                        i % DEPTH]
			                    : 0;
		__syncwarp();
		wmma::load_matrix_sync(u, padded, DEPTH);
		wmma::load_matrix_sync(v, b + (int64_t)col * K + k, K);
		split(u, us);
		split(v, vs);
		wmma::fill_fragment(step, 0.0f);
		for (int p = PARTS - 1; p >= 0; p--)
			for (int q = PARTS - 1 - p; q >= 0; q--)
				wmma::mma_sync(step, us[p], vs[q], step);
		for (int i = 0; i < sum.num_elements; i++)
			sum.x[i] += step.x[i]; /* tensor cores truncate */
		__syncwarp();
	}
	wmma::store_matrix_sync(tile, sum, TILE, wmma::mem_row_major);
	__syncwarp();
	for (int i = threadIdx.x; i < TILE * TILE; i += 32)
		if (row + i / TILE < m)
			c[(row + i / TILE) * N + col + i % TILE] = tile[i];
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);
	dim3 grid(N / TILE, (unsigned)((m + TILE - 1) / TILE));

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	gemm<<<grid, 32, 0, ratchet_stream(A)>>>((const float *)ratchet_data(A),
	                                         (const float *)ratchet_data(B),
	                                         (float *)ratchet_data(C), m);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
