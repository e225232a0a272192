/* dsa_sparse_attention - lists of any length for any number of tokens
 *
 * A list is the rows of a sequence, some left out; or rows from everywhere. It
 * may be empty, short, full, or have places in between that name no row. Rows
 * of different tokens may be the same; of one token they never are.
 */
#include "ratchet.h"

#define PAGE 64
#define TOPK 2048

static uint64_t draw(uint64_t *state, uint64_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (*state >> 33) % below;
}

/* Of eight lists one is empty, one has one row, one all that there can be. */
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
	case 4:
		return 1 + (int64_t)draw(state, (uint64_t)most);
	default:
		return 1 +
		       (int64_t)draw(state, most < 150 ? (uint64_t)most : 150);
	}
}

/* len of the rows from `first`, a few left out, as a top-k does. */
static void consecutive(uint64_t *state, int32_t *out, int64_t len,
                        int64_t rows)
{
	int64_t spare = rows - len < len / 4 ? rows - len : len / 4;
	int64_t at = (int64_t)draw(state, (uint64_t)(rows - len - spare + 1));

	for (int64_t i = 0; i < len; i++, at++) {
		if (spare > 0 && draw(state, 8) == 0) {
			at++;
			spare--;
		}
		out[i] = (int32_t)at;
	}
}

/* len of all rows, in steps that come to each but once. */
static void scattered(uint64_t *state, int32_t *out, int64_t len, int64_t rows)
{
	int64_t step = rows / 3 * 2 + 1, at, a, b;

	do {
		step += 2;
		for (a = rows, b = step; b;) {
			int64_t rest = a % b;

			a = b;
			b = rest;
		}
	} while (a != 1);
	at = (int64_t)draw(state, (uint64_t)rows);
	for (int64_t i = 0; i < len; i++, at = (at + step) % rows)
		out[i] = (int32_t)at;
}

/* Moves some of the list on, so that there are holes. */
static void spread(uint64_t *state, int32_t *out, int64_t len)
{
	int64_t to = TOPK;

	for (int64_t i = len; i-- > 0;) {
		int64_t room = to - i - 1; /* places left over for holes */
		int64_t hole = (int64_t)draw(state, 4) == 0 && room > 0
		                       ? (int64_t)draw(state, (uint64_t)room)
		                       : 0;
		int32_t row = out[i];

		to -= hole + 1;
		out[i] = -1;
		out[to] = row;
	}
}

static int run(int64_t seed, int64_t tokens, int64_t pages,
               const DLTensor *sparse_indices)
{
	uint64_t state = (uint64_t)seed;
	int64_t rows = pages * PAGE, most = rows < TOPK ? rows : TOPK;
	uint64_t kind = draw(&state, 8);

	if (RATCHET_WANT(sparse_indices, RATCHET_INT32, tokens, TOPK))
		return -1;
	for (int64_t t = 0; t < tokens; t++) {
		int32_t *out =
		        (int32_t *)ratchet_data(sparse_indices) + t * TOPK;
		int64_t len = draw_length(&state, kind + (uint64_t)t, most);

		for (int i = 0; i < TOPK; i++)
			out[i] = -1;
		if (draw(&state, 3))
			consecutive(&state, out, len, rows);
		else
			scattered(&state, out, len, rows);
		if (draw(&state, 4) == 0)
			spread(&state, out, len);
	}
	return 0;
}
RATCHET_EXPORT(run, int64, int64, int64, tensor)
