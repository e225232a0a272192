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

struct price {
	double input, output, cache_read, cache_write;
};

/* base_url may be NULL. 0; 1 if no line names it; -1 trouble in the table. */
int price_find(const char *model, const char *base_url, struct price *out,
               struct fault *f);

double price_of(const struct price *p, const struct usage *u);

/* Both in one: the USD, NAN if no line names the model. Returns -1 with the
 * fault set where the table is wrong. */
int price_usd(const char *model, const char *base_url, const struct usage *u,
              double *usd, struct fault *f);

#endif
