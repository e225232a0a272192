/* amount - what is spent: money, tokens, seconds of a device
 *
 * A usd of NAN is a price that nobody knows.
 */
#ifndef AMOUNT_H
#define AMOUNT_H

#include "fault.h"

#include <stdint.h>

struct amount {
	double usd, gpu_s; /* seconds of the device that judges, also a CPU */
	int64_t tokens;
};

/* No amount is larger. */
extern const struct amount amount_endless;

/* Sums that end at the largest number, not beyond. */
void amount_add(struct amount *sum, const struct amount *a);

int amount_equal(const struct amount *a, const struct amount *b);

/* "usd=0.2", "tokens=1500" or "gpu_s=45" into *a. Returns 1 if the text is not
 * of that form, -1 with the fault set where the number is none. */
int amount_word(const char *text, struct amount *a, struct fault *f);

#endif
