/* dsa_sparse_attention - what is right: every sum in double, one rounding */
#include "ratchet.h"

#include <cuda_bf16.h>

#define HEADS 16
#define CKV 512
#define KPE 64
#define PAGE 64
#define TOPK 2048
#define THREADS 256
#define WARPS (THREADS / 32)
#define COLUMNS (CKV / THREADS) /* of the output, a thread */

struct operands {
	const __nv_bfloat16 *q, *q_pe, *kv, *k_pe;
	const int32_t *index;
	double scale;
};

/* Sum or maximum over the CTA, known to every thread. */
static __device__ double over_cta(double x, bool is_sum)
{
	__shared__ double part[THREADS];
	double all;

	part[threadIdx.x] = x;
	for (int n = THREADS / 2; n > 0; n /= 2) {
		__syncthreads();
		if (threadIdx.x < n) {
			double other = part[threadIdx.x + n];

			part[threadIdx.x] =
			        is_sum ? part[threadIdx.x] + other
			               : fmax(part[threadIdx.x], other);
		}
	}
	__syncthreads();
	all = part[0];
	__syncthreads();
	return all;
}

/* A warp's sum of n products of bfloat16. */
static __device__ double dot(const __nv_bfloat16 *a, const __nv_bfloat16 *b,
                             int n)
{
	double sum = 0;

	for (int i = threadIdx.x % 32; i < n; i += 32)
		sum += (double)__bfloat162float(a[i]) * __bfloat162float(b[i]);
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	return sum;
}

/* One CTA a token and head: all logits, then their weights, then the values. */
static __global__ void attend(struct operands o, __nv_bfloat16 *output,
                              float *lse)
{
	__shared__ double weight[TOPK];
	int64_t row = blockIdx.x;
	const int32_t *index = o.index + row / HEADS * TOPK;
	double most = -INFINITY, total = 0, sum[COLUMNS] = {};

	for (int i = threadIdx.x / 32; i < TOPK; i += WARPS) {
		int64_t k = index[i];
		double x = -INFINITY;

		if (k >= 0)
			x = (dot(o.q + row * CKV, o.kv + k * CKV, CKV) +
			     dot(o.q_pe + row * KPE, o.k_pe + k * KPE, KPE)) *
			    o.scale;
		if (threadIdx.x % 32 == 0)
			weight[i] = x;
	}
	__syncthreads();
	for (int i = threadIdx.x; i < TOPK; i += THREADS)
		most = fmax(most, weight[i]);
	most = over_cta(most, false);
	for (int i = threadIdx.x; i < TOPK; i += THREADS) {
		weight[i] = index[i] < 0 ? 0 : exp(weight[i] - most);
		total += weight[i];
	}
	total = over_cta(total, true);
	for (int i = 0; i < TOPK; i++) {
		if (index[i] < 0)
			continue;
		for (int c = 0; c < COLUMNS; c++)
			sum[c] += weight[i] *
			          __bfloat162float(
			                  o.kv[(int64_t)index[i] * CKV +
			                       c * THREADS + threadIdx.x]);
	}
	for (int c = 0; c < COLUMNS; c++)
		output[row * CKV + c * THREADS + threadIdx.x] =
		        __double2bfloat16(total > 0 ? sum[c] / total : 0);
	if (threadIdx.x == 0)
		lse[row] = (float)(most / log(2.0) + log2(total));
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
	struct operands o = {
	        .q = (const __nv_bfloat16 *)ratchet_data(q_nope),
	        .q_pe = (const __nv_bfloat16 *)ratchet_data(q_pe),
	        .kv = (const __nv_bfloat16 *)ratchet_data(ckv_cache),
	        .k_pe = (const __nv_bfloat16 *)ratchet_data(kpe_cache),
	        .index = (const int32_t *)ratchet_data(sparse_indices),
	        .scale = sm_scale};
	attend<<<(unsigned)(tokens * HEADS), THREADS, 0,
	         ratchet_stream(q_nope)>>>(
	        o, (__nv_bfloat16 *)ratchet_data(output),
	        (float *)ratchet_data(lse));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
