/* dsa_topk_indexer - sequences of any length, in pages anywhere
 *
 * A sequence has each of its pages once; sequences may share pages. What
 * follows its last page in the block table means nothing: zeros, -1, or pages.
 */
#include "ratchet.h"

#define PAGE 64
#define TOPK 2048

static uint64_t draw(uint64_t *state, uint64_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (*state >> 33) % below;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Of eight sequences one is empty, one has one token, one all that can be, one
 * whole pages, one as many tokens as can be named, or about so. */
static int64_t draw_length(uint64_t *state, uint64_t kind, int64_t most)
{
	switch (kind % 8) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return most;
	case 3:
		return PAGE *
		       (1 + (int64_t)draw(state, (uint64_t)(most / PAGE)));
	case 4:
		return least(most, TOPK - 1 + (int64_t)draw(state, 3));
	case 5:
		return 1 + (int64_t)draw(state, (uint64_t)least(most, 150));
	default:
		return 1 + (int64_t)draw(state, (uint64_t)most);
	}
}

/* Steps that come to each of n pages but once. */
static int64_t draw_step(uint64_t *state, int64_t n)
{
	int64_t step = 1, a = n, b;

	if (draw(state, 2))
		return 1;
	do {
		step = 1 + (int64_t)draw(state, (uint64_t)n);
		for (a = n, b = step; b;) {
			int64_t rest = a % b;

			a = b;
			b = rest;
		}
	} while (a != 1);
	return step;
}

static void list_pages(uint64_t *state, int32_t *out, int64_t width,
                       int64_t used, int64_t pages)
{
	int64_t step = draw_step(state, pages);
	int64_t at = (int64_t)draw(state, (uint64_t)pages);
	uint64_t beyond = draw(state, 3);

	for (int64_t p = 0; p < width; p++, at = (at + step) % pages) {
		out[p] = (int32_t)at;
		if (p >= used && beyond < 2)
			out[p] = beyond ? -1 : 0;
	}
}

static int run(int64_t seed, int64_t rows, int64_t width, int64_t pages,
               const DLTensor *seq_lens, const DLTensor *block_table)
{
	uint64_t state = (uint64_t)seed, kind = draw(&state, 8);
	int64_t most = least(width, pages) * PAGE;
	int32_t *length = ratchet_data(seq_lens);
	int32_t *table = ratchet_data(block_table);

	if (RATCHET_WANT(seq_lens, RATCHET_INT32, rows) ||
	    RATCHET_WANT(block_table, RATCHET_INT32, rows, width))
		return -1;
	for (int64_t b = 0; b < rows; b++) {
		int64_t len = draw_length(&state, kind + (uint64_t)b, most);

		length[b] = (int32_t)len;
		list_pages(&state, table + b * width, width,
		           (len + PAGE - 1) / PAGE, pages);
	}
	return 0;
}
RATCHET_EXPORT(run, int64, int64, int64, int64, tensor, tensor)
