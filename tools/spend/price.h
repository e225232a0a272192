/* price - the table of prices: what a model's tokens cost
 *
 * prices.tsv beside the programs, or the file that PRICES names: lines of
 * model, input, output, cache_read, cache_write, in USD per million tokens,
 * after a line that names these columns; '#' begins a comment. A model's line
 * is that whose name is the longest beginning of the model's. A server on a
 * loopback address whose model no line names has the line "local".
 */
#ifndef PRICE_H
#define PRICE_H

#include "fault.h"
#include "usage.h"

/* The USD, NAN if no line names the model. base_url may be NULL. Returns -1
 * with the fault set where the table is wrong. */
int price_usd(const char *model, const char *base_url, const struct usage *u,
              double *usd, struct fault *f);

#endif
