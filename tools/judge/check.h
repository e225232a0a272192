/* check - is an output right? Every element, NaN included
 *
 * FlashInfer-Bench's rule is the floor: an element fails if
 * |out - ref| > atol and |out - ref| / (|ref| + 1e-8) > rtol, and the share of
 * elements that hold must reach matched_ratio. Beyond it: NaN or Inf where the
 * reference has none, bytes outside the output, elements never written, and
 * rms(out - ref) <= precision * rms(ref), but for what rounding may do, and
 * loosely for an output of a few elements. Written so that NaN fails.
 */
#ifndef CHECK_H
#define CHECK_H

#include "dtype.h"

#include <stdint.h>

#define RED_ZONE 256 /* bytes of poison before and after each output */

struct check_rule {
	double atol, rtol, matched_ratio;
	double precision; /* 0: not checked */
	double least;     /* an rms error up to here is mere rounding */
	double ulp;       /* of 1, in the output's type: where only one element
	                     is large it may be rounded the other way */
};

struct check {
	int64_t elements, failed;
	int64_t unwritten; /* of failed: still the poison's own bits */
	int64_t nonfinite; /* NaN or Inf unlike the reference's */
	int64_t red_zone;  /* poison bytes changed outside the output */
	int64_t first;     /* index of the first failed element, or -1 */
	double max_abs, max_rel;
	double error2, reference2; /* sums of squares */
	double largest;            /* of the reference */
};

/* Compares n elements. out points at the output; poison_seed made the poison
 * (poison_fill). RED_ZONE bytes before and after it are checked too. */
void check_output(enum dtype t, const void *out, const void *expected,
                  int64_t n, uint64_t poison_seed,
                  const struct check_rule *rule, struct check *c);

/* The same of what was made of an output, which has neither poison nor red
 * zones; and what check_output finds of an output's red zones. */
void check_view(enum dtype t, const void *view, const void *expected, int64_t n,
                const struct check_rule *rule, struct check *c);
int64_t check_red_zone(const void *out, size_t bytes, uint64_t poison_seed);

/* Fills the slot of an output of so many bytes (red zone, output rounded up to
 * 256 bytes, red zone) with random poison. slot points at the first red zone.
 */
void poison_fill(void *slot, size_t bytes, uint64_t poison_seed);
size_t poison_slot_bytes(size_t output_bytes);

/* The reason of verdict.h for what c holds, or NULL if it is right, with a
 * sentence for people. */
const char *check_reason(const struct check *c, const struct check_rule *rule,
                         char *detail, size_t len);

/* The share of elements that hold; 1 for none. */
double check_matched_ratio(const struct check *c);

/* rms(out - ref) / rms(ref), over the finite elements. */
double check_rms_ratio(const struct check *c);

/* Keeps the worse of both in *worst, which begins as all zero. */
void check_merge(struct check *worst, const struct check *c);

#endif
