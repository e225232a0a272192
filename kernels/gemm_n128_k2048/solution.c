/* gemm_n128_k2048 - C = A B^T by tiles of dot products along K
 *
 * The cores share out blocks of C. In a block, each tile of TILE_M x TILE_N
 * dot products runs LANES products at a time, adding up in float32.
 */
#include "ratchet.h"

#define N 128
#define K 2048

/* A tile's accumulators should fill the vector registers, but no more. */
// knob: TILE_M 1 2 3 4 6 8
#define TILE_M 1
// knob: TILE_N 1 2 4 8
#define TILE_N 1
// knob: LANES 4 8 16
#define LANES 8

/* What one core does before it fetches more work. */
// knob: BLOCK_M 8 24 48 96
#define BLOCK_M 8
// knob: BLOCK_N 8 16 32 64
#define BLOCK_N 16

/* 1: B's rows become float32 once a block, not once a tile. */
// knob: WIDEN_B 0 1
#define WIDEN_B 0

/* How many elements ahead to fetch A; 0: leave it to the processor. */
// knob: PREFETCH 0 128 512
#define PREFETCH 0

typedef uint16_t half; /* a float16's bits */
typedef half halves __attribute__((vector_size(2 * LANES)));
typedef uint32_t words __attribute__((vector_size(4 * LANES)));
typedef float floats __attribute__((vector_size(4 * LANES)));

/* Moves exponent and fraction to float32's places; the product puts the
 * exponent's bias right, subnormals included. */
static floats widen(const half *p)
{
	halves h;
	words w, magnitude;
	floats f;

	memcpy(&h, p, sizeof h);
	w = __builtin_convertvector(h, words);
	magnitude = w & 0x7fff;
	f = (floats)(magnitude << 13) * 0x1p112f;
	return (floats)((words)f | (w & 0x8000) << 16 |
	                ((words)(magnitude > 0x7bff) & 0x7f800000));
}

/* Rounds to nearest, ties to even. */
static half narrow(float x)
{
	uint32_t sign, w;
	float tiny;

	memcpy(&w, &x, sizeof w);
	sign = w >> 16 & 0x8000;
	w &= 0x7fffffff;
	if (w > 0x7f800000)
		return (half)(sign | 0x7e00);
	if (w >= 0x477ff000)
		return (half)(sign | 0x7c00);
	if (w < 0x38800000) { /* subnormal: the sum rounds at its last bit */
		memcpy(&tiny, &w, sizeof tiny);
		tiny += 0.5f;
		memcpy(&w, &tiny, sizeof w);
		return (half)(sign | (w - 0x3f000000));
	}
	w += 0xfff + (w >> 13 & 1);
	return (half)(sign | (w - 0x38000000) >> 13);
}

#if WIDEN_B
typedef float factor;
static floats load_b(const factor *p)
{
	floats f;

	memcpy(&f, p, sizeof f);
	return f;
}
#else
typedef half factor;
#define load_b widen
#endif

/* A tile of rows m.. and columns n..; b holds its columns, K apart. The number
 * of rows is known wherever this is inlined. */
static inline __attribute__((always_inline)) void
tile(const half *A, const factor *b, half *C, int64_t m, int n, const int rows)
{
	floats sum[TILE_M][TILE_N] = {0};

	for (int k = 0; k < K; k += LANES) {
		floats x[TILE_M], y[TILE_N];

		for (int i = 0; i < rows; i++) {
			const half *a = A + (m + i) * K + k;

			if (PREFETCH)
				__builtin_prefetch(a + PREFETCH);
			x[i] = widen(a);
		}
		for (int j = 0; j < TILE_N; j++)
			y[j] = load_b(b + j * K + k);
		for (int i = 0; i < rows; i++)
			for (int j = 0; j < TILE_N; j++)
				sum[i][j] += x[i] * y[j];
	}
	for (int i = 0; i < rows; i++) {
		for (int j = 0; j < TILE_N; j++) {
			float total = 0;

			for (int l = 0; l < LANES; l++)
				total += sum[i][j][l];
			C[(m + i) * N + n + j] = narrow(total);
		}
	}
}

/* The rows that do not fill a tile go one by one. */
static void block(const half *A, const half *B, half *C, int64_t m0, int n0,
                  int64_t M)
{
	int64_t end = m0 + BLOCK_M < M ? m0 + BLOCK_M : M;

	for (int n = n0; n < n0 + BLOCK_N; n += TILE_N) {
		const half *columns = B + (int64_t)n * K;
		int64_t m = m0;
#if WIDEN_B
		factor b[TILE_N * K];

		for (int k = 0; k < TILE_N * K; k += LANES) {
			floats f = widen(columns + k);

			memcpy(b + k, &f, sizeof f);
		}
#else
		const factor *b = columns;
#endif
		for (; m + TILE_M <= end; m += TILE_M)
			tile(A, b, C, m, n, TILE_M);
		for (; m < end; m++)
			tile(A, b, C, m, n, 1);
	}
}

static int run(const DLTensor *a, const DLTensor *b, const DLTensor *c)
{
	int64_t M = ratchet_extent(a, 0);

	if (RATCHET_WANT(a, RATCHET_FLOAT16, -1, K) ||
	    RATCHET_WANT(b, RATCHET_FLOAT16, N, K) ||
	    RATCHET_WANT(c, RATCHET_FLOAT16, M, N))
		return -1;
	const half *A = ratchet_data(a), *B = ratchet_data(b);
	half *C = ratchet_data(c);
#pragma omp parallel for collapse(2) schedule(dynamic)
	for (int64_t m = 0; m < M; m += BLOCK_M)
		for (int n = 0; n < N; n += BLOCK_N)
			block(A, B, C, m, n, M);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
