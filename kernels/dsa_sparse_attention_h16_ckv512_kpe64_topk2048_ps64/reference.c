/* dsa_sparse_attention - what is right: every sum in double, one rounding */
#include "ratchet.h"

#include <math.h>

#define HEADS 16
#define CKV 512
#define KPE 64
#define PAGE 64
#define TOPK 2048

struct operands {
	const uint16_t *q, *q_pe, *kv, *k_pe;
	const int32_t *index;
	double scale;
	uint16_t *output;
	float *lse;
};

static double widen(uint16_t h)
{
	uint32_t w = (uint32_t)h << 16;
	float f;

	memcpy(&f, &w, sizeof f);
	return f;
}

/* Nearest bfloat16, ties to even. Rounding to float32 first would round twice,
 * so what that step lost is kept as the lowest bit. */
static uint16_t narrow(double x)
{
	float f = (float)x;
	uint32_t w;

	memcpy(&w, &f, sizeof w);
	if (isnan(x))
		return 0x7fc0;
	if (isinf(f))
		return (uint16_t)(w >> 16);
	if (fabs((double)f) > fabs(x))
		w--;
	w |= (double)f != x;
	w += 0x7fff + (w >> 16 & 1);
	return (uint16_t)(w >> 16);
}

static double dot(const uint16_t *a, const uint16_t *b, int n)
{
	double sum = 0;

#pragma omp simd reduction(+ : sum)
	for (int i = 0; i < n; i++)
		sum += widen(a[i]) * widen(b[i]);
	return sum;
}

/* One token and head: all logits, then their weights, then the values. */
static void attend(const struct operands *o, int64_t row)
{
	const int32_t *index = o->index + row / HEADS * TOPK;
	double weight[TOPK], sum[CKV] = {0}, most = -INFINITY, total = 0;

	for (int i = 0; i < TOPK; i++) {
		int64_t k = index[i];

		if (k < 0)
			continue;
		weight[i] = (dot(o->q + row * CKV, o->kv + k * CKV, CKV) +
		             dot(o->q_pe + row * KPE, o->k_pe + k * KPE, KPE)) *
		            o->scale;
		most = fmax(most, weight[i]);
	}
	for (int i = 0; i < TOPK; i++) {
		int64_t k = index[i];

		if (k < 0)
			continue;
		weight[i] = exp(weight[i] - most);
		total += weight[i];
		for (int c = 0; c < CKV; c++)
			sum[c] += weight[i] * widen(o->kv[k * CKV + c]);
	}
	for (int c = 0; c < CKV; c++)
		o->output[row * CKV + c] =
		        narrow(total > 0 ? sum[c] / total : 0);
	o->lse[row] = (float)(most / log(2) + log2(total));
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
	                           .scale = sm_scale,
	                           .output = ratchet_data(output),
	                           .lse = ratchet_data(lse)};
#pragma omp parallel for schedule(dynamic)
	for (int64_t row = 0; row < tokens * HEADS; row++)
		attend(&o, row);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
