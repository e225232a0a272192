/* gqa_paged_decode_h32_kv16_d128_ps1 - plainly, a head at a time */
#include "bfloat16.h"
#include "ratchet.h"

#include <math.h>

#define HEADS 32
#define SHARED 2 /* heads of a key */
#define D 128
#define KEYS 64 /* of a sequence, at most */

struct cache {
	const uint16_t *k, *v;
	const int32_t *index;
};

static const uint16_t *row(const uint16_t *cache, int32_t page, int head)
{
	return cache + ((int64_t)page * HEADS / SHARED + head / SHARED) * D;
}

/* One query against count keys; returns the lse. */
static float attend(const uint16_t *q, const struct cache *c, int count,
                    int head, float scale, uint16_t *out)
{
	float logit[KEYS], most = -INFINITY, total = 0;

	for (int i = 0; i < count; i++) {
		const uint16_t *k = row(c->k, c->index[i], head);

		logit[i] = 0;
		for (int d = 0; d < D; d++)
			logit[i] += widen(q[d]) * widen(k[d]);
		logit[i] *= scale;
		most = fmaxf(most, logit[i]);
	}
	for (int i = 0; i < count; i++)
		total += logit[i] = expf(logit[i] - most);
	for (int d = 0; d < D; d++) {
		float sum = 0;

		for (int i = 0; i < count; i++)
			sum += logit[i] *
			       widen(row(c->v, c->index[i], head)[d]);
		out[d] = count ? narrow(sum / total) : 0;
	}
	return count ? (most + logf(total)) / logf(2) : -INFINITY;
}

static int run(const DLTensor *q, const DLTensor *k_cache,
               const DLTensor *v_cache, const DLTensor *kv_indptr,
               const DLTensor *kv_indices, double scale, const DLTensor *output,
               const DLTensor *lse)
{
	const int32_t *first = ratchet_data(kv_indptr);
	const uint16_t *in = ratchet_data(q);
	uint16_t *out = ratchet_data(output);
	float *sums = ratchet_data(lse);

	if (RATCHET_WANT(q, RATCHET_BFLOAT16, -1, HEADS, D))
		return -1;
	for (int64_t r = 0; r < ratchet_extent(q, 0) * HEADS; r++) {
		int64_t b = r / HEADS;
		struct cache c = {ratchet_data(k_cache), ratchet_data(v_cache),
		                  (int32_t *)ratchet_data(kv_indices) +
		                          first[b]};

		if (first[b + 1] - first[b] > KEYS)
			return ratchet_fail("ValueError", "too many keys");
		sums[r] = attend(in + r * D, &c, first[b + 1] - first[b],
		                 (int)(r % HEADS), (float)scale, out + r * D);
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor, tensor, float64, tensor,
               tensor)
