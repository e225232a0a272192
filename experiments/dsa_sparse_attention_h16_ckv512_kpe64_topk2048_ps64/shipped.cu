/* dsa_sparse_attention - each warp attends to a part of a token's list
 *
 * A CTA has one token and some of its heads. Its warps share out the list, 32
 * places at a time, and skip those that name no row. A row is read once, as key
 * and as value, by lanes that hold 16 + 2 of its numbers each; maximum, total
 * and sum are carried along (online softmax), and merged at the end.
 */
#include "ratchet.h"

#include <cuda_bf16.h>

#define HEADS 16
#define CKV 512
#define KPE 64
#define PAGE 64
#define TOPK 2048
#define LOG2_E 1.4426950408889634

// knob: WARPS 4 8 16
#define WARPS 8
/* Heads of a CTA: each more is one reader less of the same rows. */
// knob: GROUP 1 2 4
#define GROUP 2
/* Rows that a warp loads at a time. */
// knob: ROWS 1 2 4 8
#define ROWS 2

namespace
{
constexpr int THREADS = 32 * WARPS;
constexpr int MINE = CKV / 32 + KPE / 32; /* of a row, a lane */
constexpr int VALUES = CKV / 32;

struct operands {
	const __nv_bfloat16 *q, *q_pe, *kv, *k_pe;
	const int32_t *index;
	float scale; /* of logits to base 2 */
};

/* Softmax so far: the weights are relative to 2^most. */
struct state {
	float most, total, sum[VALUES];
};

__device__ void widen(unsigned pair, float *x)
{
	x[0] = __uint_as_float(pair << 16);
	x[1] = __uint_as_float(pair & 0xffff0000);
}

/* A lane's columns: eight from 8 * lane, eight from 256 + 8 * lane, and two. */
__device__ void load(const __nv_bfloat16 *ckv, const __nv_bfloat16 *kpe,
                     float *x)
{
	int lane = threadIdx.x % 32;
	uint4 low = ((const uint4 *)ckv)[lane];
	uint4 high = ((const uint4 *)ckv)[32 + lane];
	unsigned pe = ((const unsigned *)kpe)[lane];
	const unsigned word[] = {low.x,  low.y,  low.z,  low.w, high.x,
	                         high.y, high.z, high.w, pe};

#pragma unroll
	for (int i = 0; i < MINE / 2; i++)
		widen(word[i], x + 2 * i);
}

__device__ int column(int i)
{
	return i / 8 * (CKV / 2) + threadIdx.x % 32 * 8 + i % 8;
}

__device__ float dot(const float *q, const float *k)
{
	float sum = 0;

#pragma unroll
	for (int i = 0; i < MINE; i++)
		sum += q[i] * k[i];
#pragma unroll
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	return sum;
}

__device__ void add(state &s, float logit, const float *value)
{
	float most = fmaxf(s.most, logit);
	float keep = exp2f(s.most - most), weight = exp2f(logit - most);

	s.most = most;
	s.total = s.total * keep + weight;
#pragma unroll
	for (int i = 0; i < VALUES; i++)
		s.sum[i] = s.sum[i] * keep + weight * value[i];
}

/* The rows that 32 places name, `mine` the one of this lane. */
__device__ void attend(const operands &o, int mine, const float (*q)[MINE],
                       state *s)
{
	unsigned left = __ballot_sync(~0u, mine >= 0);

	while (left) {
		float k[ROWS][MINE];
		int count = min(__popc(left), ROWS);

#pragma unroll
		for (int r = 0; r < ROWS; r++) {
			int64_t at = __shfl_sync(~0u, mine, __ffs(left) - 1);

			left &= left - 1;
			if (r < count)
				load(o.kv + at * CKV, o.k_pe + at * KPE, k[r]);
		}
#pragma unroll
		for (int r = 0; r < ROWS; r++) {
			if (r == count)
				break;
#pragma unroll
			for (int h = 0; h < GROUP; h++)
				add(s[h], dot(q[h], k[r]) * o.scale, k[r]);
		}
	}
}

/* What the warps have of one head, together. */
__device__ void merge(const state &s, __nv_bfloat16 *output, float *lse)
{
	__shared__ float most[WARPS], total[WARPS], sum[WARPS][CKV];
	int warp = threadIdx.x / 32;
	float top = -INFINITY, all = 0;

	__syncthreads(); /* the head before may still be read */
	most[warp] = s.most;
	total[warp] = s.total;
#pragma unroll
	for (int i = 0; i < VALUES; i++)
		sum[warp][column(i)] = s.sum[i];
	__syncthreads();
	for (int w = 0; w < WARPS; w++)
		top = fmaxf(top, most[w]);
	for (int w = 0; w < WARPS; w++)
		all += total[w] > 0 ? total[w] * exp2f(most[w] - top) : 0;
	for (int c = threadIdx.x; c < CKV; c += THREADS) {
		float x = 0;

		for (int w = 0; w < WARPS; w++)
			if (total[w] > 0)
				x += sum[w][c] * exp2f(most[w] - top);
		output[c] = __float2bfloat16(all > 0 ? x / all : 0);
	}
	if (threadIdx.x == 0)
		*lse = top + log2f(all);
}

__global__ void __launch_bounds__(THREADS)
        sparse_attention(operands o, __nv_bfloat16 *output, float *lse)
{
	const int32_t *index = o.index + (int64_t)blockIdx.x * TOPK;
	int64_t row = (int64_t)blockIdx.x * HEADS + blockIdx.y * GROUP;
	float q[GROUP][MINE];
	state s[GROUP];

#pragma unroll
	for (int h = 0; h < GROUP; h++) {
		load(o.q + (row + h) * CKV, o.q_pe + (row + h) * KPE, q[h]);
		s[h].most = -INFINITY;
		s[h].total = 0;
		for (int i = 0; i < VALUES; i++)
			s[h].sum[i] = 0;
	}
	for (int i = threadIdx.x; i < TOPK; i += THREADS)
		attend(o, index[i], q, s);
#pragma unroll
	for (int h = 0; h < GROUP; h++)
		merge(s[h], output + (row + h) * CKV, lse + row + h);
}
} // namespace

static int run(const DLTensor *q_nope, const DLTensor *q_pe,
               const DLTensor *ckv_cache, const DLTensor *kpe_cache,
               const DLTensor *sparse_indices, double sm_scale,
               const DLTensor *output, const DLTensor *lse)
{
	int64_t tokens = ratchet_extent(q_nope, 0);
	int64_t pages = ratchet_extent(ckv_cache, 0);

	if (RATCHET_WANT(q_nope, RATCHET_BFLOAT16, -1, HEADS, CKV) ||
	    RATCHET_WANT(q_pe, RATCHET_BFLOAT16, tokens, HEADS, KPE) ||
	    RATCHET_WANT(ckv_cache, RATCHET_BFLOAT16, -1, PAGE, CKV) ||
	    RATCHET_WANT(kpe_cache, RATCHET_BFLOAT16, pages, PAGE, KPE) ||
	    RATCHET_WANT(sparse_indices, RATCHET_INT32, tokens, TOPK) ||
	    RATCHET_WANT(output, RATCHET_BFLOAT16, tokens, HEADS, CKV) ||
	    RATCHET_WANT(lse, RATCHET_FLOAT32, tokens, HEADS))
		return -1;
	operands o = {(const __nv_bfloat16 *)ratchet_data(q_nope),
	              (const __nv_bfloat16 *)ratchet_data(q_pe),
	              (const __nv_bfloat16 *)ratchet_data(ckv_cache),
	              (const __nv_bfloat16 *)ratchet_data(kpe_cache),
	              (const int32_t *)ratchet_data(sparse_indices),
	              (float)(sm_scale * LOG2_E)};
	dim3 grid((unsigned)tokens, HEADS / GROUP);
	sparse_attention<<<grid, THREADS, 0, ratchet_stream(q_nope)>>>(
	        o, (__nv_bfloat16 *)ratchet_data(output),
	        (float *)ratchet_data(lse));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
