/* amount - what is spent: money, tokens, seconds of a device */
#include "amount.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
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

int amount_number(const char *text, double *out)
{
	char *end;

	/* strtod also takes "nan", "inf", "0x1p3", signs and spaces. */
	if (!isdigit((unsigned char)*text) ||
	    text[strspn(text, "0123456789.eE+-")])
		return -1;
	*out = strtod(text, &end);
	return *end || !isfinite(*out) ? -1 : 0;
}

int amount_count(const char *text, int64_t *out)
{
	if (!*text || text[strspn(text, "0123456789")])
		return -1;
	errno = 0;
	*out = strtoll(text, NULL, 10);
	return errno ? -1 : 0;
}

int amount_word(const char *text, struct amount *a, struct fault *f)
{
	const char *value = strchr(text, '=');
	size_t len = value ? (size_t)(value - text) : 0;
	int failed;

	if (len == 3 && strncmp(text, "usd", len) == 0)
		failed = amount_number(value + 1, &a->usd);
	else if (len == 5 && strncmp(text, "gpu_s", len) == 0)
		failed = amount_number(value + 1, &a->gpu_s);
	else if (len == 6 && strncmp(text, "tokens", len) == 0)
		failed = amount_count(value + 1, &a->tokens);
	else
		return 1;
	return failed ? fault_set(f, "%s: want a %s, 0 or more", text,
	                          len == 6 ? "whole number" : "number")
	              : 0;
}
