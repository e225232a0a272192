/* dsa_topk_indexer - what is right: scores in double, then sorted
 *
 * Also what pages of the cache are made of, and how indices are compared.
 */
#include "ratchet.h"

#include <math.h>

#define HEADS 64
#define DIM 128
#define PAGE 64
#define PAGE_BYTES (PAGE * (DIM + 4))
#define TOPK 2048
#define BAD -3e38 /* of an index that may not be there: no score is so low */

struct operands {
	const uint8_t *q;
	const char *cache;
	const float *weight;
	const int32_t *len, *table;
	int64_t rows, width; /* of the block table */
	float value[256];    /* of the bits of a float8_e4m3fn */
};

struct scored {
	double score;
	int32_t index;
};

static float widen(int bits)
{
	int exponent = bits >> 3 & 15, fraction = bits & 7;
	float x;

	if ((bits & 127) == 127)
		return NAN;
	x = exponent ? ldexpf((float)(8 + fraction), exponent - 10)
	             : ldexpf((float)fraction, -9);
	return bits >> 7 ? -x : x;
}

/* Nearest float8_e4m3fn, ties to even; |x| is at most 448, but for rounding. */
static uint8_t narrow(float x)
{
	int exponent, units;

	frexpf(x, &exponent); /* x is at least half of 2^exponent */
	if (x == 0 || exponent < -5)
		exponent = -5;
	units = (int)rintf(ldexpf(fabsf(x), 4 - exponent));
	/* 16 units carry into the exponent by themselves. */
	return (uint8_t)((signbit(x) ? 128 : 0) + ((exponent + 5) << 3) +
	                 units);
}

static double score(const struct operands *o, int64_t b, int32_t index)
{
	const char *page = o->cache + (int64_t)(index / PAGE) * PAGE_BYTES;
	const uint8_t *k = (const uint8_t *)page + index % PAGE * DIM;
	float key[DIM], scale;
	double total = 0;

	memcpy(&scale, page + PAGE * DIM + index % PAGE * 4, sizeof scale);
	for (int d = 0; d < DIM; d++)
		key[d] = o->value[k[d]];
	for (int h = 0; h < HEADS; h++) {
		const uint8_t *q = o->q + (b * HEADS + h) * DIM;
		double sum = 0;

		for (int d = 0; d < DIM; d++)
			sum += (double)o->value[q[d]] * key[d];
		total += fmax(sum * scale, 0) * o->weight[b * HEADS + h];
	}
	return total;
}

/* The best first; of equals the earlier in the cache. */
static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static void choose(const struct operands *o, int64_t b, struct scored *all,
                   int32_t *out)
{
	int64_t len = o->len[b];

	for (int64_t i = 0; i < len; i++) {
		int32_t page = o->table[b * o->width + i / PAGE];

		all[i].index = page * PAGE + (int32_t)(i % PAGE);
		all[i].score = score(o, b, all[i].index);
	}
	qsort(all, (size_t)len, sizeof *all, by_score);
	for (int64_t i = 0; i < TOPK; i++)
		out[i] = i < len ? all[i].index : -1;
}

/* May row b name this index, and does it once? */
static int is_allowed(const struct operands *o, int64_t b, const int32_t *named,
                      int slot)
{
	int32_t index = named[slot];
	int is_reached = 0;

	for (int64_t p = 0; p < o->width; p++)
		is_reached |= p * PAGE + index % PAGE < o->len[b] &&
		              o->table[b * o->width + p] == index / PAGE;
	for (int i = 0; i < slot; i++)
		is_reached &= named[i] != index;
	return is_reached;
}

/* The scores that a row's indices stand for, in descending order. */
static void view_row(const struct operands *o, int64_t b, const int32_t *named,
                     float *view)
{
	struct scored all[TOPK];

	for (int i = 0; i < TOPK; i++) {
		all[i].index = i;
		all[i].score = named[i] == -1 ? -INFINITY : BAD;
		if (named[i] >= 0 && is_allowed(o, b, named, i))
			all[i].score = score(o, b, named[i]);
	}
	qsort(all, TOPK, sizeof *all, by_score);
	for (int i = 0; i < TOPK; i++)
		view[i] = (float)all[i].score;
}

/* Nearly normal, from four random bytes. */
static float normal(uint32_t word)
{
	word = (word ^ word >> 16) * 0x85ebca6bu;
	word = (word ^ word >> 13) * 0xc2b2ae35u;
	word ^= word >> 16;
	return (float)((int)((word & 255) + (word >> 8 & 255) +
	                     (word >> 16 & 255) + (word >> 24)) -
	               510) /
	       147.8f;
}

/* Of a token's random bytes: each number comes from a byte and the three after
 * it. The scale's own bytes go unused. */
static float make_key(uint8_t *k)
{
	float x[DIM], most = 1e-4f;

	for (int d = 0; d < DIM; d++) {
		uint32_t word = 0;

		for (int i = 3; i >= 0; i--)
			word = word << 8 | k[(d + i) % DIM];
		x[d] = normal(word);
		most = fmaxf(most, fabsf(x[d]));
	}
	for (int d = 0; d < DIM; d++)
		k[d] = narrow(x[d] / (most / 448));
	return most / 448;
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
	o->q = ratchet_data(q);
	o->cache = ratchet_data(cache);
	o->weight = ratchet_data(weights);
	o->len = ratchet_data(seq_lens);
	o->table = ratchet_data(block_table);
	for (int i = 0; i < 256; i++)
		o->value[i] = widen(i);
	return 0;
}

static int run(const DLTensor *q, const DLTensor *cache,
               const DLTensor *weights, const DLTensor *seq_lens,
               const DLTensor *block_table, const DLTensor *topk_indices)
{
	struct operands o;
	struct scored *all;
	int64_t tokens;

	if (take(q, cache, weights, seq_lens, block_table, &o) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, o.rows, TOPK))
		return -1;
	tokens = o.width * PAGE;
	all = scratch((size_t)(o.rows * tokens) * sizeof *all);
	if (!all)
		return ratchet_fail("RuntimeError", "no memory");
	int32_t *out = ratchet_data(topk_indices);
#pragma omp parallel for schedule(dynamic)
	for (int64_t b = 0; b < o.rows; b++)
		choose(&o, b, all + b * tokens, out + b * TOPK);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)

static int evaluate(const DLTensor *q, const DLTensor *cache,
                    const DLTensor *weights, const DLTensor *seq_lens,
                    const DLTensor *block_table, const DLTensor *topk_indices,
                    const DLTensor *view)
{
	struct operands o;

	if (take(q, cache, weights, seq_lens, block_table, &o) ||
	    RATCHET_WANT(topk_indices, RATCHET_INT32, o.rows, TOPK) ||
	    RATCHET_WANT(view, RATCHET_FLOAT32, o.rows, TOPK))
		return -1;
	const int32_t *out = ratchet_data(topk_indices);
	float *to = ratchet_data(view);
#pragma omp parallel for schedule(dynamic)
	for (int64_t b = 0; b < o.rows; b++)
		view_row(&o, b, out + b * TOPK, to + b * TOPK);
	return 0;
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
	char *pages = ratchet_data(cache);
#pragma omp parallel for
	for (int64_t t = 0; t < ratchet_extent(cache, 0) * PAGE; t++) {
		char *page = pages + t / PAGE * PAGE_BYTES;
		float scale = make_key((uint8_t *)page + t % PAGE * DIM);

		memcpy(page + PAGE * DIM + t % PAGE * 4, &scale, sizeof scale);
	}
	return 0;
}
RATCHET_EXPORT_AS(inputs, inputs, tensor, tensor, tensor, tensor, tensor)
