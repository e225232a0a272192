/* usage - what a server says that a request took, in tokens
 *
 * input_tokens are those that no cache served; what a cache served, and what
 * was written into one, are apart. Each has its own price.
 */
#ifndef USAGE_H
#define USAGE_H

#include <stdint.h>

#define USAGE_MAX 1000000000000 /* of a count: so that no sum overflows */

struct usage {
	int64_t input_tokens, output_tokens;
	int64_t cache_read_tokens, cache_write_tokens;
};

/* All of them, whatever each costs. */
int64_t usage_tokens(const struct usage *u);

void usage_add(struct usage *sum, const struct usage *u);

#endif
