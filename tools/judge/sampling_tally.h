/* sampling_tally - is what was drawn spread as the probabilities say?
 *
 * Three views of all draws of a workload, which hold whatever the rows were. A
 * draw's place among what its row allows, the most probable first, is a number
 * from 0 to 1, uniform if the kernel draws right: the largest distance of the
 * places' distribution from the uniform one is no more than the distance in
 * total variation. So is its place by its index: who draws the same number in
 * every call, or looks at the first half of the vocabulary alone, is seen
 * there. And each bit of the indices is set as often as the tokens that have it
 * are probable: so who looks at every second token alone is seen, whose places
 * are uniform. Each may be off by what chance makes of it, and by 0.02: a
 * kernel that is right is refused once in 10^6 workloads.
 */
#ifndef SAMPLING_TALLY_H
#define SAMPLING_TALLY_H

#include <stddef.h>
#include <stdint.h>

/* With fewer draws nothing is said of how they are spread; with so many, a
 * distance of 0.2 is refused, which FlashInfer-Bench's bound is. */
#define SAMPLING_LEAST 100
#define SAMPLING_DRAWS 350

#define SAMPLING_BINS 1024
#define SAMPLING_BITS 31

enum sampling_order { BY_PROBABILITY, BY_INDEX, ORDER_COUNT };

/* Draws of a workload by all processes of a side: who draws wrong in a few
 * calls of each is seen, too. Begins as all zero. */
struct sampling_tally {
	struct sampling_places {
		int64_t draws, bin[SAMPLING_BINS];
	} places[ORDER_COUNT];
	int64_t bits_draws;
	/* How much more often than it should a bit was set; the variance of
	 * that. */
	double more[SAMPLING_BITS], variance[SAMPLING_BITS];
};

void sampling_keep_place(struct sampling_tally *t, enum sampling_order order,
                         double place);

/* mass: of the tokens that may be drawn and have the bit, in parts of all that
 * may. */
void sampling_keep_bits(struct sampling_tally *t,
                        const double mass[SAMPLING_BITS], int64_t drawn);

/* How many draws left a choice. */
int64_t sampling_draws(const struct sampling_tally *t);

/* Returns 0, or -1 with detail. */
int sampling_look(const struct sampling_tally *t, char *detail, size_t len);

#endif
