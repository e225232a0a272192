/* amount - what is spent: money, tokens, seconds of a device */
#include "amount.h"
#include "number.h"

#include <math.h>
#include <string.h>

const struct amount amount_endless = {INFINITY, INFINITY, INT64_MAX};

void amount_add(struct amount *sum, const struct amount *a)
{
	sum->usd += a->usd;
	sum->gpu_s += a->gpu_s;
	if (__builtin_add_overflow(sum->tokens, a->tokens, &sum->tokens))
		sum->tokens = INT64_MAX;
}

int amount_equal(const struct amount *a, const struct amount *b)
{
	return (a->usd == b->usd || (isnan(a->usd) && isnan(b->usd))) &&
	       a->gpu_s == b->gpu_s && a->tokens == b->tokens;
}

int amount_word(const char *text, struct amount *a, struct fault *f)
{
	const char *value = strchr(text, '=');
	size_t len = value ? (size_t)(value - text) : 0;
	int failed;

	if (len == 3 && strncmp(text, "usd", len) == 0)
		failed = number_read(value + 1, &a->usd);
	else if (len == 5 && strncmp(text, "gpu_s", len) == 0)
		failed = number_read(value + 1, &a->gpu_s);
	else if (len == 6 && strncmp(text, "tokens", len) == 0)
		failed = number_count(value + 1, &a->tokens);
	else
		return 1;
	return failed ? fault_set(f, "%s: want a %s, 0 or more", text,
	                          len == 6 ? "whole number" : "number")
	              : 0;
}
