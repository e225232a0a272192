/* topk_rows - see reference.c; -DVARIANT=name chooses how it is wrong
 *
 * `topk` is the reference, which evaluate comes from.
 */
#include "ratchet.h"

#include <math.h>

#define K 8
#define THREADS 256
#define NO_SCORE (-3e38f) /* of what is no index, or one that was there */

enum variant {
	topk,
	topk_reversed,
	topk_twice,
	topk_reach,
	topk_far,
	topk_one,
	topk_unpadded,
	topk_unwritten,
	topk_nan,
	topk_beside,
	topk_unviewed,
	topk_no_view,
	topk_half
};
constexpr variant V = VARIANT;

struct scored {
	float value;
	int index; /* -1: none */
};

static __device__ bool is_better(scored a, scored b)
{
	return a.index >= 0 && (b.index < 0 || a.value > b.value ||
	                        (a.value == b.value && a.index < b.index));
}

static __device__ bool is_chosen(const int *chosen, int count, int i)
{
	for (int k = 0; k < count; k++)
		if (chosen[k] == i)
			return true;
	return false;
}

/* The best of all that is not among so many chosen ones. */
static __device__ scored best_of(const float *x, int n, const int *chosen,
                                 int count)
{
	__shared__ scored part[THREADS];
	scored mine = {0, -1};

	for (int i = threadIdx.x; i < n; i += THREADS)
		if (!is_chosen(chosen, count, i) &&
		    is_better(scored{x[i], i}, mine))
			mine = scored{x[i], i};
	part[threadIdx.x] = mine;
	__syncthreads();
	for (int d = THREADS / 2; d; d /= 2) {
		if (threadIdx.x < d &&
		    is_better(part[threadIdx.x + d], part[threadIdx.x]))
			part[threadIdx.x] = part[threadIdx.x + d];
		__syncthreads();
	}
	mine = part[0];
	__syncthreads();
	return mine;
}

static __device__ void spoil(int *chosen, float *largest, int next, int n)
{
	if (V == topk_twice)
		chosen[1] = chosen[0];
	if (V == topk_reach)
		chosen[0] = n;
	if (V == topk_far)
		chosen[0] = INT32_MIN;
	if (V == topk_one)
		chosen[K - 1] = next;
	if (V == topk_nan)
		*largest = NAN;
}

/* A block a row. */
__global__ void choose(const float *x, int n, float *largest, int *indices)
{
	int chosen[K], next;

	x += (int64_t)blockIdx.x * n;
	indices += (int64_t)blockIdx.x * K;
	for (int k = 0; k < K; k++) {
		scored best = best_of(x, n, chosen, k);

		chosen[k] = best.index;
		if (k == 0 && threadIdx.x == 0)
			largest[blockIdx.x] = best.value;
	}
	next = best_of(x, n, chosen, K).index;
	if (threadIdx.x > 0)
		return;
	spoil(chosen, largest + blockIdx.x, next, n);
	for (int k = 0; k < K; k++) {
		int to = V == topk_reversed ? K - 1 - k : k;

		if (V == topk_unwritten ||
		    (V == topk_unpadded && chosen[k] < 0))
			continue;
		indices[to] = chosen[k];
	}
	if (V == topk_beside)
		indices[K] = 0;
}

static int run(const DLTensor *x, const DLTensor *largest,
               const DLTensor *indices)
{
	choose<<<(unsigned)ratchet_extent(x, 0), THREADS, 0,
	         ratchet_stream(x)>>>(
	        (const float *)ratchet_data(x), (int)ratchet_extent(x, 1),
	        (float *)ratchet_data(largest), (int *)ratchet_data(indices));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)

#if !VARIANT_HAS_NO_VIEW
/* A thread a row. */
__global__ void score(const float *x, int n, const int *indices, float *scores,
                      int rows)
{
	int row = blockIdx.x * blockDim.x + threadIdx.x;
	const int *index = indices + (int64_t)row * K;
	float *out = scores + (int64_t)row * K;

	if (row >= rows)
		return;
	for (int k = 0; k < K; k++) {
		int i = index[k], at = k;
		float value = i == -1 ? -INFINITY : NO_SCORE;

		if (i >= n)
			value = NAN;
		else if (i >= 0 && !is_chosen(index, k, i))
			value = x[(int64_t)row * n + i];
		for (; at > 0 && !(out[at - 1] >= value); at--)
			out[at] = out[at - 1];
		out[at] = value;
	}
}

static int view(const DLTensor *x, const DLTensor *largest,
                const DLTensor *indices, const DLTensor *scores)
{
	int rows = (int)ratchet_extent(x, 0);

	(void)largest;
	if (RATCHET_WANT(scores, RATCHET_FLOAT32, rows, K))
		return -1;
	score<<<(rows + 255) / 256, 256, 0, ratchet_stream(x)>>>(
	        (const float *)ratchet_data(x), (int)ratchet_extent(x, 1),
	        (const int *)ratchet_data(indices),
	        (float *)ratchet_data(scores), rows);
	return ratchet_launched();
}
RATCHET_EXPORT_AS(evaluate, view, tensor, tensor, tensor, tensor)
#endif
