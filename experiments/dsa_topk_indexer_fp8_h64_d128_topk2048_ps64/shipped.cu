/* dsa_topk_indexer - scores of all tokens, then a selection by radix
 *
 * A CTA scores the tokens of a page of a sequence: a thread has a token and
 * some of the heads. Another launch, a CTA a sequence, finds the 2048th score
 * digit by digit, and lists what is above it, and as many equal ones as fit.
 */
#include "ratchet.h"

#include <cuda_fp8.h>

#define HEADS 64
#define DIM 128
#define PAGE 64
#define PAGE_BYTES (PAGE * (DIM + 4))
#define TOPK 2048

/* Threads that share a token's heads. */
// knob: GROUPS 2 4 8
#define GROUPS 4
// knob: SELECT_THREADS 128 256 512 1024
#define SELECT_THREADS 512

namespace
{
constexpr int SCORE_THREADS = PAGE * GROUPS;
constexpr int MINE = HEADS / GROUPS; /* heads of a thread */

struct operands {
	const uint32_t *q; /* four numbers each */
	const char *cache;
	const float *weight;
	const int32_t *len, *table;
	int64_t width; /* of the block table */
};

__device__ float4 widen(uint32_t four)
{
	__nv_fp8x4_e4m3 x;

	x.__x = four;
	return (float4)x;
}

__global__ void __launch_bounds__(SCORE_THREADS)
        score(operands o, float *scores)
{
	__shared__ float4 q[HEADS][DIM / 4];
	__shared__ float part[GROUPS][PAGE];
	int64_t b = blockIdx.y, first = (int64_t)blockIdx.x * PAGE;
	int token = threadIdx.x % PAGE, group = threadIdx.x / PAGE;
	float sum[MINE] = {}, total = 0;

	if (first >= o.len[b])
		return;
	for (int i = threadIdx.x; i < HEADS * DIM / 4; i += SCORE_THREADS)
		q[i / (DIM / 4)][i % (DIM / 4)] =
		        widen(o.q[b * (HEADS * DIM / 4) + i]);
	__syncthreads();
	const char *page = o.cache + o.table[b * o.width + blockIdx.x] *
	                                     (int64_t)PAGE_BYTES;
	const uint32_t *key = (const uint32_t *)(page + token * DIM);
	for (int d = 0; d < DIM / 4; d++) {
		float4 k = widen(key[d]);

#pragma unroll
		for (int h = 0; h < MINE; h++) {
			float4 x = q[group * MINE + h][d];

			sum[h] += x.x * k.x + x.y * k.y + x.z * k.z + x.w * k.w;
		}
	}
	float scale = ((const float *)(page + PAGE * DIM))[token];
	for (int h = 0; h < MINE; h++)
		total += fmaxf(sum[h] * scale, 0) *
		         o.weight[b * HEADS + group * MINE + h];
	part[group][token] = total;
	__syncthreads();
	if (group)
		return;
	for (int g = 1; g < GROUPS; g++)
		total += part[g][token];
	scores[b * o.width * PAGE + first + token] = total;
}

/* In the order of the numbers. */
__device__ uint32_t key_of(float x)
{
	uint32_t bits = __float_as_uint(x);

	return bits >> 31 ? ~bits : bits | 0x80000000;
}

/* The key that TOPK of len reach, by digits of eight bits; *equal becomes how
 * many of those with just that key are among them. */
__device__ uint32_t find_least(const float *scores, int len, int *equal)
{
	__shared__ int count[256];
	__shared__ uint32_t least;
	__shared__ int wanted;

	if (threadIdx.x == 0) {
		least = 0;
		wanted = TOPK;
	}
	for (int shift = 24; shift >= 0; shift -= 8) {
		for (int i = threadIdx.x; i < 256; i += SELECT_THREADS)
			count[i] = 0;
		__syncthreads();
		for (int i = threadIdx.x; i < len; i += SELECT_THREADS) {
			uint32_t key = key_of(scores[i]);

			if ((uint64_t)(key ^ least) >> (shift + 8) == 0)
				atomicAdd(&count[key >> shift & 255], 1);
		}
		__syncthreads();
		if (threadIdx.x == 0) {
			int digit = 255;

			for (; wanted > count[digit]; digit--)
				wanted -= count[digit];
			least |= (uint32_t)digit << shift;
		}
		__syncthreads();
	}
	*equal = wanted;
	return least;
}

__global__ void __launch_bounds__(SELECT_THREADS)
        choose(operands o, const float *scores, int32_t *out)
{
	__shared__ int above, same;
	int64_t b = blockIdx.x;
	int len = o.len[b], equal = 0;
	const float *x = scores + b * o.width * PAGE;
	const int32_t *table = o.table + b * o.width;
	uint32_t least;

	out += b * TOPK;
	if (len <= TOPK) {
		for (int i = threadIdx.x; i < TOPK; i += SELECT_THREADS)
			out[i] = i < len ? table[i / PAGE] * PAGE + i % PAGE
			                 : -1;
		return;
	}
	if (threadIdx.x == 0)
		above = same = 0;
	least = find_least(x, len, &equal);
	for (int i = threadIdx.x; i < len; i += SELECT_THREADS) {
		uint32_t key = key_of(x[i]);
		int at = TOPK;

		if (key > least)
			at = atomicAdd(&above, 1);
		else if (key == least)
			at = TOPK - equal + atomicAdd(&same, 1);
		if (at < TOPK)
			out[at] = table[i / PAGE] * PAGE + i % PAGE;
	}
}
} // namespace

static int run(const DLTensor *q, const DLTensor *cache,
               const DLTensor *weights, const DLTensor *seq_lens,
               const DLTensor *block_table, const DLTensor *topk_indices)
{
	int64_t rows = ratchet_extent(q, 0);
	int64_t width = ratchet_extent(block_table, 1);

	if (RATCHET_WANT(q, RATCHET_FLOAT8_E4M3FN, -1, HEADS, DIM) ||
	    RATCHET_WANT(cache, RATCHET_INT8, -1, PAGE, 1, DIM + 4) ||
	    RATCHET_WANT(weights, RATCHET_FLOAT32, rows, HEADS) ||
	    RATCHET_WANT(seq_lens, RATCHET_INT32, rows) ||
	    RATCHET_WANT(block_table, RATCHET_INT32, rows, -1) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, rows, TOPK))
		return -1;
	operands o = {(const uint32_t *)ratchet_data(q),
	              (const char *)ratchet_data(cache),
	              (const float *)ratchet_data(weights),
	              (const int32_t *)ratchet_data(seq_lens),
	              (const int32_t *)ratchet_data(block_table),
	              width};
	float *scores = (float *)scratch((size_t)(rows * width) * PAGE *
	                                 sizeof *scores);
	if (!scores)
		return ratchet_fail("RuntimeError", "no memory");
	score<<<dim3((unsigned)width, (unsigned)rows), SCORE_THREADS, 0,
	        ratchet_stream(q)>>>(o, scores);
	choose<<<(unsigned)rows, SELECT_THREADS, 0, ratchet_stream(q)>>>(
	        o, scores, (int32_t *)ratchet_data(topk_indices));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)
