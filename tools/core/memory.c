/* memory - allocation that does not fail: it exits 2 when memory runs out */
#include "memory.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *xcalloc(size_t count, size_t size)
{
	void *p = calloc(count ? count : 1, size ? size : 1);

	if (!p)
		err(2, "%zu items of %zu bytes", count, size);
	return p;
}

void *xrealloc(void *p, size_t count, size_t size)
{
	p = reallocarray(p, count ? count : 1, size ? size : 1);
	if (!p)
		err(2, "%zu items of %zu bytes", count, size);
	return p;
}

char *xstrdup(const char *s)
{
	char *copy = strdup(s);

	if (!copy)
		err(2, "strdup");
	return copy;
}

char *xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	if (n < 0)
		err(2, "vasprintf");
	return s;
}

FILE *xmemstream(char **text, size_t *len)
{
	FILE *p = open_memstream(text, len);

	if (!p)
		err(2, "open_memstream");
	return p;
}
