/* memory - allocation that does not fail: it exits 2 when memory runs out */
#ifndef MEMORY_H
#define MEMORY_H

#include <stddef.h>
#include <stdio.h>

void *xcalloc(size_t count, size_t size); /* zeroed; count * size is checked */
void *xrealloc(void *p, size_t count, size_t size);
char *xstrdup(const char *s);
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A stream whose text is in *text once it is closed; the caller frees. */
FILE *xmemstream(char **text, size_t *len);

#endif
