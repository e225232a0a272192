/* topk_rows - the largest of each row, and where its k largest are, in any
 * order, then -1
 *
 * The judge compares the scores that the indices stand for.
 */
#include "ratchet.h"

#include <math.h>

#ifndef FAULT_IN_EVALUATE
#define FAULT_IN_EVALUATE 0
#endif
#define K 8
#define NO_SCORE (-3e38f) /* of what is no index, or one that was there */

static int is_chosen(const int32_t *chosen, int count, int64_t i)
{
	for (int k = 0; k < count; k++)
		if (chosen[k] == i)
			return 1;
	return 0;
}

static void choose(const float *x, int64_t n, float *largest, int32_t *chosen)
{
	for (int k = 0; k < K; k++) {
		int64_t best = -1;

		for (int64_t i = 0; i < n; i++)
			if (!is_chosen(chosen, k, i) &&
			    (best < 0 || x[i] > x[best]))
				best = i;
		chosen[k] = (int32_t)best;
	}
	*largest = x[chosen[0]];
}

static int run(const DLTensor *x, const DLTensor *largest,
               const DLTensor *indices)
{
	int64_t rows = ratchet_extent(x, 0), n = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *top = (float *)ratchet_data(largest);
	int32_t *out = (int32_t *)ratchet_data(indices);

	for (int64_t r = 0; r < rows; r++)
		choose(in + r * n, n, top + r, out + r * K);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)

/* The scores that a row's indices stand for, sorted. */
static void score(const float *x, int64_t n, const int32_t *index, float *out)
{
	for (int k = 0; k < K; k++) {
		int64_t i = index[k];
		float value = i == -1 ? -INFINITY : NO_SCORE;
		int at = k;

		if (i >= n)
			value = NAN;
		else if (i >= 0 && !is_chosen(index, k, i))
			value = x[i];
		for (; at > 0 && !(out[at - 1] >= value); at--)
			out[at] = out[at - 1];
		out[at] = value;
	}
}

static int view(const DLTensor *x, const DLTensor *largest,
                const DLTensor *indices, const DLTensor *scores)
{
	int64_t rows = ratchet_extent(x, 0), n = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	const int32_t *index = (const int32_t *)ratchet_data(indices);
	float *out = (float *)ratchet_data(scores);

	(void)largest;
	if (RATCHET_WANT(scores, RATCHET_FLOAT32, rows, K))
		return -1;
	if (FAULT_IN_EVALUATE)
		return ratchet_fail("RuntimeError", "cannot look at it");
	for (int64_t r = 0; r < rows; r++)
		score(in + r * n, n, index + r * K, out + r * K);
	return 0;
}
#ifndef NO_EVALUATE
RATCHET_EXPORT_AS(evaluate, view, tensor, tensor, tensor, tensor)
#endif
