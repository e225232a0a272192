/* number - a text that is a decimal number, and nothing else */
#include "number.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

int number_read(const char *text, double *out)
{
	char *end;

	/* strtod also takes "nan", "inf", "0x1p3", signs and spaces. */
	if (!isdigit((unsigned char)*text) ||
	    text[strspn(text, "0123456789.eE+-")])
		return -1;
	*out = strtod(text, &end);
	return *end || !isfinite(*out) ? -1 : 0;
}

int number_count(const char *text, int64_t *out)
{
	if (!*text || text[strspn(text, "0123456789")])
		return -1;
	errno = 0;
	*out = strtoll(text, NULL, 10);
	return errno ? -1 : 0;
}
