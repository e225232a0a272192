/* draw - samples rows of probabilities after top-k and top-p; rightly, or as
 * the macro defined says */
#include "ratchet.h"

#include <time.h>

static const float *row_now;
static int honest;

static int by_probability(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	if (row_now[x] != row_now[y])
		return row_now[x] > row_now[y] ? -1 : 1;
	return x - y;
}

#ifdef FROZEN
static int by_index(const void *a, const void *b)
{
	return *(const int *)a - *(const int *)b;
}
#endif

static double uniform(uint64_t *state)
{
	*state += 0x9e3779b97f4a7c15u;
	uint64_t z = *state;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return (double)((z ^ z >> 31) >> 11) * 0x1p-53;
}

static uint64_t hash(const float *p, int64_t n)
{
	uint64_t h = 0;
	uint32_t bits;

	for (int64_t i = 0; i < n; i++) {
		memcpy(&bits, &p[i], sizeof bits);
		h = (h ^ bits) * 0x9e3779b97f4a7c15u;
	}
	return h;
}

/* Is this call to be an honest one? */
static int is_honest(void)
{
#ifdef FIRST
	static int calls;

	return calls++ < FIRST;
#else
	return 1;
#endif
}

/* By what a token is drawn. */
static double weight(const float *p, int i)
{
#ifdef SHARP
	return p[i] * p[i];
#elif defined SKIP
	return i & SKIP ? 0 : p[i];
#else
	return p[i];
#endif
}

static int64_t draw(const float *p, int n, int k, double top_p, int64_t row,
                    uint64_t *state)
{
	int order[512], kept = 1;
	double all = 0, sum, weights = 0, at;

	row_now = p;
	for (int i = 0; i < n; i++)
		order[i] = i;
	qsort(order, (size_t)n, sizeof *order, by_probability);
	if (k <= 0 || k > n)
		k = n;
#ifdef NO_TOP_K
	k = n;
#endif
#ifdef NO_TOP_P
	top_p = 1;
#endif
	for (int i = 0; i < k; i++)
		all += p[order[i]];
	for (sum = p[order[0]]; kept < k && top_p > 0; kept++) {
		if (top_p < 1 && sum / all > top_p)
			break;
		sum += p[order[kept]];
	}
#ifdef UNIFORM
	return order[(int)(uniform(state) * kept)];
#endif
#ifdef ODD
	if (row % 2)
		return order[0];
#endif
#ifdef ARGMAX
	return order[0];
#endif
	if (!honest)
		return order[0];
#ifdef OUTSIDE
	return n;
#endif
	(void)row;
#ifdef FROZEN
	qsort(order, (size_t)kept, sizeof *order, by_index);
#endif
	for (int i = 0; i < kept; i++)
		weights += weight(p, order[i]);
	at = uniform(state) * weights;
	for (int i = 0; i < kept; i++)
		if ((at -= weight(p, order[i])) < 0)
			return order[i];
	return order[kept - 1];
}

static int run(const DLTensor *probs, const DLTensor *top_k,
               const DLTensor *top_p, const DLTensor *samples)
{
	int64_t m = ratchet_extent(probs, 0), n = ratchet_extent(probs, 1);
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	honest = is_honest();
	for (int64_t row = 0; row < m; row++) {
		uint64_t state = (uint64_t)now.tv_nsec * 0x2545f4914f6cdd1du +
		                 (uint64_t)row * 0x632be59bd9b4e019u;

#if defined FIXED || defined FROZEN
		state = (uint64_t)row * 0x632be59bd9b4e019u;
#endif
#ifdef HASH
		state = hash((const float *)ratchet_data(probs) + row * n, n) +
		        (uint64_t)row * 0x632be59bd9b4e019u;
#endif
		((int64_t *)ratchet_data(samples))[row] =
		        draw((const float *)ratchet_data(probs) + row * n,
		             (int)n, ((const int *)ratchet_data(top_k))[row],
		             (double)((const float *)ratchet_data(top_p))[row],
		             row, &state);
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor)
