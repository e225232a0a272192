/* dsa_sparse_attention - one head of one token after the other
 *
 * The cores share out tokens and heads. A row of the list is read once, as key
 * and as value; maximum, total and sum are carried along (online softmax).
 */
#include "ratchet.h"

#include <math.h>

#define HEADS 16
#define CKV 512
#define KPE 64
#define PAGE 64
#define TOPK 2048

/* Independent partial sums of a dot product. */
// knob: LANES 8 16 32 64
#define LANES 16

/* Places of the list ahead whose rows are fetched; 0: none. */
// knob: AHEAD 0 2 4 8
#define AHEAD 0

typedef uint16_t bfloat; /* a bfloat16's bits */

struct operands {
	const bfloat *q, *q_pe, *kv, *k_pe;
	const int32_t *index;
	float scale;
	bfloat *output;
	float *lse;
};

static float widen(bfloat h)
{
	uint32_t w = (uint32_t)h << 16;
	float f;

	memcpy(&f, &w, sizeof f);
	return f;
}

/* Rounds to nearest, ties to even; keeps NaN from becoming infinity. */
static bfloat narrow(float x)
{
	uint32_t w, round;

	memcpy(&w, &x, sizeof w);
	round = w + 0x7fff + (w >> 16 & 1);
	return (bfloat)((x == x ? round : w | 0x400000) >> 16);
}

static float dot(const float *q, const bfloat *k, int n)
{
	float part[LANES] = {0}, sum = 0;

	for (int i = 0; i < n; i += LANES)
		for (int l = 0; l < LANES; l++)
			part[l] += q[i + l] * widen(k[i + l]);
	for (int l = 0; l < LANES; l++)
		sum += part[l];
	return sum;
}

static void fetch(const struct operands *o, const int32_t *index, int i)
{
	const char *row;

	if (i >= TOPK || index[i] < 0)
		return;
	row = (const char *)(o->kv + (int64_t)index[i] * CKV);
	for (size_t b = 0; b < CKV * sizeof *o->kv; b += 64)
		__builtin_prefetch(row + b);
}

static void attend(const struct operands *o, int64_t row)
{
	const int32_t *index = o->index + row / HEADS * TOPK;
	float q[CKV + KPE], sum[CKV] = {0}, most = -INFINITY, total = 0;

	for (int i = 0; i < CKV; i++)
		q[i] = widen(o->q[row * CKV + i]) * o->scale;
	for (int i = 0; i < KPE; i++)
		q[CKV + i] = widen(o->q_pe[row * KPE + i]) * o->scale;
	for (int i = 0; i < TOPK; i++) {
		float logit, before = most, keep, weight;
		int64_t k = index[i];
		const bfloat *v;

		if (AHEAD)
			fetch(o, index, i + AHEAD);
		if (k < 0)
			continue;
		v = o->kv + k * CKV;
		logit = dot(q, v, CKV) + dot(q + CKV, o->k_pe + k * KPE, KPE);
		most = logit > most ? logit : most;
		keep = expf(before - most);
		weight = expf(logit - most);
		total = total * keep + weight;
		for (int c = 0; c < CKV; c++)
			sum[c] = sum[c] * keep + weight * widen(v[c]);
	}
	for (int c = 0; c < CKV; c++)
		o->output[row * CKV + c] =
		        narrow(total > 0 ? sum[c] / total : 0);
	o->lse[row] = most / logf(2) + log2f(total);
}

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
	const struct operands o = {.q = ratchet_data(q_nope),
	                           .q_pe = ratchet_data(q_pe),
	                           .kv = ratchet_data(ckv_cache),
	                           .k_pe = ratchet_data(kpe_cache),
	                           .index = ratchet_data(sparse_indices),
	                           .scale = (float)sm_scale,
	                           .output = ratchet_data(output),
	                           .lse = ratchet_data(lse)};
#pragma omp parallel for schedule(dynamic)
	for (int64_t row = 0; row < tokens * HEADS; row++)
		attend(&o, row);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
