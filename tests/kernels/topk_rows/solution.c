/* topk_rows - in another order; each definition is one way to be wrong */
#include "ratchet.h"

#define K 8

static int is_chosen(const int32_t *chosen, int count, int64_t i)
{
	for (int k = 0; k < count; k++)
		if (chosen[k] == i)
			return 1;
	return 0;
}

/* From the last place to the first, padding in front. */
static void choose(const float *x, int64_t n, float *largest, int32_t *out)
{
	int32_t chosen[K];

	for (int k = 0; k < K; k++) {
		int64_t best = -1;

		for (int64_t i = n - 1; i >= 0; i--)
			if (!is_chosen(chosen, k, i) &&
			    (best < 0 || x[i] > x[best]))
				best = i;
		chosen[k] = (int32_t)best;
		out[K - 1 - k] = chosen[k];
	}
	*largest = x[chosen[0]];
}

static void spoil(const float *x, int64_t n, float *largest, int32_t *out)
{
	(void)x;
	(void)n;
	(void)largest;
	(void)out;
#ifdef DUPLICATE
	out[0] = out[K - 1];
#endif
#ifdef OUT_OF_RANGE
	out[K - 1] = (int32_t)n;
#endif
#ifdef FAR_OUT_OF_RANGE
	out[K - 1] = INT32_MIN;
#endif
#ifdef ONE_WRONG
	/* the k-th largest is the smallest instead */
	for (int64_t i = 0; i < n; i++)
		if (out[0] >= 0 && x[i] < x[out[0]] &&
		    !is_chosen(out + 1, K - 1, i))
			out[0] = (int32_t)i;
#endif
#ifdef NO_PADDING
	for (int k = 0; k < K; k++)
		if (out[k] < 0)
			out[k] = 0;
#endif
#ifdef ALL_PADDING
	for (int k = 0; k < K; k++)
		out[k] = -1;
#endif
#ifdef A_NAN
	*largest = __builtin_nanf("");
#endif
#ifdef BESIDE
	out[K] = 0;
#endif
}

static int run(const DLTensor *x, const DLTensor *largest,
               const DLTensor *indices)
{
	int64_t rows = ratchet_extent(x, 0), n = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *top = (float *)ratchet_data(largest);
	int32_t *out = (int32_t *)ratchet_data(indices);

	for (int64_t r = 0; r < rows; r++) {
#ifdef UNWRITTEN
		int32_t nowhere[K];

		choose(in + r * n, n, top + r, nowhere);
#else
		choose(in + r * n, n, top + r, out + r * K);
		spoil(in + r * n, n, top + r, out + r * K);
#endif
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
