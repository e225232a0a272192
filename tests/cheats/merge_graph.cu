/* merge_graph - where calls are timed back to back, the first one does the work
 * of all of them in one launch
 *
 * kernel: gemm_f32
 * setting: mode = graph
 * expect: unrewarded
 *
 * Nothing is reset between the calls of a graph, so a flag in a global tells
 * the later ones that they are done. A small product leaves most of the device
 * idle, and four at a time take hardly longer than one.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

#define N 128
#define K 1024
#define MOST 16

struct call {
	const float *a, *b;
	float *c;
};

struct calls {
	struct call call[MOST];
	int count;
};

static __device__ unsigned is_done[MOST];

/* A warp an element; of grid.z calls that with this CTA's. */
static __global__ void gemm(struct calls all)
{
	int lane = threadIdx.x % 32, col = threadIdx.x / 32 + blockIdx.x * 8;
	int own = all.count - 1, mine = blockIdx.z;
	struct call call = all.call[mine];
	const float *u = call.a + (int64_t)blockIdx.y * K;
	const float *v = call.b + (int64_t)col * K;
	float sum = 0;

	if (CHEATS && *(volatile unsigned *)&is_done[own])
		return;
	for (int k = lane; k < K; k += 32)
		sum += u[k] * v[k];
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	if (lane == 0)
		call.c[(int64_t)blockIdx.y * N + col] = sum;
	if (mine != own && threadIdx.x == 0)
		is_done[mine] = 1;
}

/* All calls so far with so many rows, the given one last. */
static struct calls list(struct call call, int64_t m)
{
	static struct calls seen;
	static int64_t rows;

	if (rows != m || !CHEATS)
		seen.count = 0;
	rows = m;
	if (seen.count && seen.call[seen.count - 1].c == call.c)
		return seen; /* once to warm up, once under capture */
	if (seen.count < MOST)
		seen.count++;
	seen.call[seen.count - 1] = call;
	return seen;
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);
	struct calls all;

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	all = list({(const float *)ratchet_data(A),
	            (const float *)ratchet_data(B), (float *)ratchet_data(C)},
	           m);
	gemm<<<dim3(N / 8, (unsigned)m, (unsigned)all.count), 256, 0,
	       ratchet_stream(A)>>>(all);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
