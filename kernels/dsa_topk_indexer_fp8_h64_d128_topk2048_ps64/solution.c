/* dsa_topk_indexer - scores of all tokens, then sorted
 *
 * The cores share out the sequences.
 */
#include "ratchet.h"

#include <math.h>

#define HEADS 64
#define DIM 128
#define PAGE 64
#define PAGE_BYTES (PAGE * (DIM + 4))
#define TOPK 2048

/* Independent partial sums of a dot product. */
// knob: LANES 4 8 16 32 64
#define LANES 8

/* 1: score only where there is more than can be named. */
// knob: SKIP 0 1
#define SKIP 0

struct operands {
	const uint8_t *q;
	const char *cache;
	const float *weight;
	const int32_t *len, *table;
	int64_t width;    /* of the block table */
	float value[256]; /* of the bits of a float8_e4m3fn */
};

struct scored {
	float score;
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

static float dot(const float *a, const float *b)
{
	float part[LANES] = {0}, sum = 0;

	for (int i = 0; i < DIM; i += LANES)
		for (int l = 0; l < LANES; l++)
			part[l] += a[i + l] * b[i + l];
	for (int l = 0; l < LANES; l++)
		sum += part[l];
	return sum;
}

static float score(const struct operands *o, const float *q,
                   const float *weight, int32_t index)
{
	const char *page = o->cache + (int64_t)(index / PAGE) * PAGE_BYTES;
	const uint8_t *k = (const uint8_t *)page + index % PAGE * DIM;
	float key[DIM], scale, total = 0;

	memcpy(&scale, page + PAGE * DIM + index % PAGE * 4, sizeof scale);
	for (int d = 0; d < DIM; d++)
		key[d] = o->value[k[d]] * scale;
	for (int h = 0; h < HEADS; h++)
		total += fmaxf(dot(q + h * DIM, key), 0) * weight[h];
	return total;
}

static int by_score(const void *a, const void *b)
{
	const struct scored *x = a, *y = b;

	return (x->score < y->score) - (x->score > y->score);
}

static void choose(const struct operands *o, int64_t b, struct scored *all,
                   int32_t *out)
{
	float q[HEADS * DIM];
	int64_t len = o->len[b];
	int is_scored = !SKIP || len > TOPK;

	for (int i = 0; i < HEADS * DIM; i++)
		q[i] = o->value[o->q[b * HEADS * DIM + i]];
	for (int64_t i = 0; i < len; i++) {
		int32_t page = o->table[b * o->width + i / PAGE];

		all[i].index = page * PAGE + (int32_t)(i % PAGE);
		if (is_scored)
			all[i].score = score(o, q, o->weight + b * HEADS,
			                     all[i].index);
	}
	if (is_scored)
		qsort(all, (size_t)len, sizeof *all, by_score);
	for (int64_t i = 0; i < TOPK; i++)
		out[i] = i < len ? all[i].index : -1;
}

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
	struct operands o = {.q = ratchet_data(q),
	                     .cache = ratchet_data(cache),
	                     .weight = ratchet_data(weights),
	                     .len = ratchet_data(seq_lens),
	                     .table = ratchet_data(block_table),
	                     .width = width};
	struct scored *all =
	        scratch((size_t)(rows * width) * PAGE * sizeof *all);
	int32_t *out = ratchet_data(topk_indices);
	if (!all)
		return ratchet_fail("RuntimeError", "no memory");
	for (int i = 0; i < 256; i++)
		o.value[i] = widen(i);
#pragma omp parallel for schedule(dynamic)
	for (int64_t b = 0; b < rows; b++)
		choose(&o, b, all + b * width * PAGE, out + b * TOPK);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, tensor)
