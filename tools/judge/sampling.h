/* sampling - may what a kernel drew be drawn, and is it as often as it should?
 *
 * Of definitions of op_type sampling: `probs` (rows of float32), `top_k`
 * (int32) and `top_p` (float32), a number a row, either or both or none; one
 * output, an index a row. Of a row's probabilities the top_k largest may be
 * drawn, of these the largest until their sum, in parts of theirs, exceeds
 * top_p, all with the probabilities that they then have among each other.
 *
 * Every draw is checked for that, and how all of a workload are spread.
 */
#ifndef SAMPLING_H
#define SAMPLING_H

#include "definition.h"
#include "sampling_tally.h"

#include <stddef.h>
#include <stdint.h>

struct sampling {
	int is;                  /* 0: of another op_type */
	int probs, top_k, top_p; /* inputs; -1: there is none */
};

/* Returns -1 with the fault set where it is sampling of another form. */
int sampling_find(const struct definition *d, struct sampling *out,
                  struct fault *f);

/* How many draws a call makes. */
int64_t sampling_rows(const struct sampling *s, const struct definition *d,
                      const int64_t *axis_value);

/* Makes drawn numbers rows of probabilities: their softmax. */
void sampling_normalize(float *probs, int64_t rows, int64_t n);

/* Are values new to a process, of which so many drawings were counted in *seen
 * (at first 0)? A kernel may draw the same of the same, so that its first call
 * on some values is counted alone. */
int sampling_is_new(uint64_t *seen, uint64_t drawn);

/* One call's: NULL where the definition has none. */
struct sampling_call {
	const float *probs, *top_p;
	const int32_t *top_k;
	int64_t rows, n;
	const void *drawn; /* the output */
	int is_64;         /* of int64, else of int32 */
	uint64_t seed;     /* secret, for what the judge draws itself */
	int is_new;        /* its draws count */
};

#define SAMPLING_TRIES 8 /* rows for a draw that leaves a choice, at most */

/* Checks every draw of a call, counts it in the tally if it is new, and looks
 * at all that is there. Returns 0, or -1 with detail. */
int sampling_check(const struct sampling_call *c, struct sampling_tally *t,
                   char *detail, size_t len);

#endif
