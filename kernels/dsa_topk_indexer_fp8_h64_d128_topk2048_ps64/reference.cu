/* dsa_topk_indexer - what is right: scores in double, ranks by counting
 *
 * Also what pages of the cache are made of, and how indices are compared.
 */
#include "ratchet.h"

#include <cuda_fp16.h>
#include <cuda_fp8.h>

#define HEADS 64
#define DIM 128
#define PAGE 64
#define PAGE_BYTES (PAGE * (DIM + 4))
#define TOPK 2048
#define THREADS 256
#define BAD -3e38 /* of an index that may not be there: no score is so low */

struct operands {
	const uint8_t *q;
	const char *cache;
	const float *weight;
	const int32_t *len, *table;
	int64_t rows, width; /* of the block table */
};

static __device__ float2 widen(unsigned bits)
{
	__half2_raw h = __nv_cvt_fp8x2_to_halfraw2((__nv_fp8x2_storage_t)bits,
	                                           __NV_E4M3);

	return __half22float2(__half2(h));
}

/* Of 16 numbers: eight products at a time are added in float32, which is off by
 * 1e-7 of the largest at most. */
static __device__ double product(uint4 a, uint4 b)
{
	const unsigned x[4] = {a.x, a.y, a.z, a.w}, y[4] = {b.x, b.y, b.z, b.w};
	double sum = 0;

	for (int i = 0; i < 4; i += 2) {
		float part = 0;

		for (int j = 0; j < 4; j++) {
			float2 u = widen(x[i + j / 2] >> j % 2 * 16 & 0xffff);
			float2 v = widen(y[i + j / 2] >> j % 2 * 16 & 0xffff);

			part += u.x * v.x + u.y * v.y;
		}
		sum += part;
	}
	return sum;
}

/* By a whole warp: of row b and one token. */
static __device__ double score(struct operands o, int64_t b, int64_t page,
                               int token)
{
	const char *base = o.cache + page * PAGE_BYTES;
	const uint4 *k = (const uint4 *)(base + token * DIM);
	float scale = ((const float *)(base + PAGE * DIM))[token];
	double total = 0;

	for (int h = threadIdx.x % 32; h < HEADS; h += 32) {
		const uint4 *q = (const uint4 *)(o.q + (b * HEADS + h) * DIM);
		double sum = 0;

		for (int d = 0; d < DIM / 16; d++)
			sum += product(q[d], k[d]);
		total += fmax(sum * scale, 0.) * o.weight[b * HEADS + h];
	}
	for (int d = 16; d > 0; d /= 2)
		total += __shfl_xor_sync(~0u, total, d);
	return total;
}

/* A warp a token. */
static __global__ void score_all(struct operands o, double *scores)
{
	int64_t b = blockIdx.y, at = blockIdx.x * (THREADS / 32);
	double x;

	at += threadIdx.x / 32;
	if (at >= o.len[b])
		return;
	x = score(o, b, o.table[b * o.width + at / PAGE], at % PAGE);
	if (threadIdx.x % 32 == 0)
		scores[b * o.width * PAGE + at] = x;
}

/* A thread a token: how many are better, or as good and earlier? */
static __global__ void choose(struct operands o, const double *scores,
                              int32_t *out)
{
	int64_t b = blockIdx.y, len = o.len[b], rank = 0;
	int64_t at = blockIdx.x * THREADS + threadIdx.x;
	const double *x = scores + b * o.width * PAGE;

	if (at >= len) {
		if (at < TOPK)
			out[b * TOPK + at] = -1;
		return;
	}
	for (int64_t i = 0; i < len; i++)
		rank += x[i] > x[at] || (x[i] == x[at] && i < at);
	if (rank < TOPK)
		out[b * TOPK + rank] =
		        o.table[b * o.width + at / PAGE] * PAGE + at % PAGE;
}

/* By a whole warp: may row b name this index, and does it once? */
static __device__ bool is_allowed(struct operands o, int64_t b,
                                  const int32_t *named, int slot)
{
	int32_t index = named[slot];
	bool is_reached = false, is_twice = false;

	for (int64_t p = threadIdx.x % 32; p < o.width; p += 32)
		is_reached |= p * PAGE + index % PAGE < o.len[b] &&
		              o.table[b * o.width + p] == index / PAGE;
	for (int i = threadIdx.x % 32; i < slot; i += 32)
		is_twice |= named[i] == index;
	return __any_sync(~0u, is_reached) && !__any_sync(~0u, is_twice);
}

/* A warp an index: the score that it stands for. */
static __global__ void value_all(struct operands o, const int32_t *out,
                                 double *value)
{
	int64_t b = blockIdx.y;
	const int32_t *named = out + b * TOPK;
	int i = blockIdx.x * (THREADS / 32) + threadIdx.x / 32;
	double x = named[i] == -1 ? -INFINITY : BAD;

	if (named[i] >= 0 && is_allowed(o, b, named, i))
		x = score(o, b, named[i] / PAGE, named[i] % PAGE);
	if (threadIdx.x % 32 == 0)
		value[b * TOPK + i] = x;
}

/* A thread an index: the scores of a row in descending order. */
static __global__ void order_all(const double *value, float *view)
{
	int64_t b = blockIdx.y;
	const double *x = value + b * TOPK;
	int at = blockIdx.x * THREADS + threadIdx.x, rank = 0;

	for (int i = 0; i < TOPK; i++)
		rank += x[i] > x[at] || (x[i] == x[at] && i < at);
	view[b * TOPK + rank] = (float)x[at];
}

/* Nearly normal, from four random bytes. */
static __device__ float normal(uint32_t word)
{
	word = (word ^ word >> 16) * 0x85ebca6bu;
	word = (word ^ word >> 13) * 0xc2b2ae35u;
	word ^= word >> 16;
	return ((int)((word & 255) + (word >> 8 & 255) + (word >> 16 & 255) +
	              (word >> 24)) -
	        510) /
	       147.8f;
}

/* A CTA a page, a warp a token, a lane four of its random bytes: each number
 * comes from a byte and the three after it. The scale's own bytes go unused. */
static __global__ void make_pages(char *cache)
{
	char *page = cache + (int64_t)blockIdx.x * PAGE_BYTES;
	int lane = threadIdx.x % 32;

	for (int t = threadIdx.x / 32; t < PAGE; t += THREADS / 32) {
		uint32_t *words = (uint32_t *)(page + t * DIM), packed = 0;
		uint32_t here = words[lane];
		uint32_t next = __shfl_sync(~0u, here, (lane + 1) % 32);
		float x[4], most = 1e-4f, scale;

		for (int i = 0; i < 4; i++) {
			x[i] = normal(__funnelshift_r(here, next, 8 * i));
			most = fmaxf(most, fabsf(x[i]));
		}
		for (int d = 16; d > 0; d /= 2)
			most = fmaxf(most, __shfl_xor_sync(~0u, most, d));
		scale = most / 448;
		for (int i = 0; i < 4; i++)
			packed |=
			        (uint32_t)__nv_cvt_float_to_fp8(
			                x[i] / scale, __NV_SATFINITE, __NV_E4M3)
			        << 8 * i;
		words[lane] = packed;
		if (lane == 0)
			((float *)(page + PAGE * DIM))[t] = scale;
	}
}

static int take(const DLTensor *q, const DLTensor *cache,
                const DLTensor *weights, const DLTensor *seq_lens,
                const DLTensor *block_table, struct operands *o)
{
	o->rows = ratchet_extent(q, 0);
	o->width = ratchet_extent(block_table, 1);
	if (RATCHET_WANT(q, RATCHET_FLOAT8_E4M3FN, -1, HEADS, DIM) ||
	    RATCHET_WANT(cache, RATCHET_INT8, -1, PAGE, 1, DIM + 4) ||
	    RATCHET_WANT(weights, RATCHET_FLOAT32, o->rows, HEADS) ||
	    RATCHET_WANT(seq_lens, RATCHET_INT32, o->rows) ||
	    RATCHET_WANT(block_table, RATCHET_INT32, o->rows, -1))
		return -1;
	o->q = (const uint8_t *)ratchet_data(q);
	o->cache = (const char *)ratchet_data(cache);
	o->weight = (const float *)ratchet_data(weights);
	o->len = (const int32_t *)ratchet_data(seq_lens);
	o->table = (const int32_t *)ratchet_data(block_table);
	return 0;
}

static int run(const DLTensor *q, const DLTensor *cache,
               const DLTensor *weights, const DLTensor *seq_lens,
               const DLTensor *block_table, const DLTensor *topk_indices)
{
	cudaStream_t stream = ratchet_stream(q);
	struct operands o;
	int64_t tokens, most;
	double *scores;

	if (take(q, cache, weights, seq_lens, block_table, &o) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, o.rows, TOPK))
		return -1;
	tokens = o.width * PAGE;
	most = tokens > TOPK ? tokens : TOPK;
	scores = (double *)scratch((size_t)(o.rows * tokens) * sizeof *scores);
	if (!scores)
		return ratchet_fail("RuntimeError", "no memory");
	score_all<<<dim3((unsigned)(tokens / (THREADS / 32)), (unsigned)o.rows),
	            THREADS, 0, stream>>>(o, scores);
	choose<<<dim3((unsigned)((most + THREADS - 1) / THREADS),
	              (unsigned)o.rows),
	         THREADS, 0, stream>>>(o, scores,
	                               (int32_t *)ratchet_data(topk_indices));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)

static int evaluate(const DLTensor *q, const DLTensor *cache,
                    const DLTensor *weights, const DLTensor *seq_lens,
                    const DLTensor *block_table, const DLTensor *topk_indices,
                    const DLTensor *view)
{
	cudaStream_t stream = ratchet_stream(q);
	struct operands o;
	double *value;

	if (take(q, cache, weights, seq_lens, block_table, &o) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, o.rows, TOPK) ||
	    RATCHET_WANT(view, RATCHET_FLOAT32, o.rows, TOPK))
		return -1;
	value = (double *)scratch((size_t)(o.rows * TOPK) * sizeof *value);
	if (!value)
		return ratchet_fail("RuntimeError", "no memory");
	value_all<<<dim3(TOPK / (THREADS / 32), (unsigned)o.rows), THREADS, 0,
	            stream>>>(o, (const int32_t *)ratchet_data(topk_indices),
	                      value);
	order_all<<<dim3(TOPK / THREADS, (unsigned)o.rows), THREADS, 0,
	            stream>>>(value, (float *)ratchet_data(view));
	return ratchet_launched();
}
RATCHET_EXPORT_AS(evaluate, evaluate, tensor, tensor, tensor, tensor, tensor,
                  tensor, tensor)

static int inputs(const DLTensor *q, const DLTensor *cache,
                  const DLTensor *weights, const DLTensor *seq_lens,
                  const DLTensor *block_table)
{
	struct operands o;

	if (take(q, cache, weights, seq_lens, block_table, &o))
		return -1;
	make_pages<<<(unsigned)ratchet_extent(cache, 0), THREADS, 0,
	             ratchet_stream(q)>>>((char *)ratchet_data(cache));
	return ratchet_launched();
}
RATCHET_EXPORT_AS(inputs, inputs, tensor, tensor, tensor, tensor, tensor)
