/* gunzip - what gzip(1) made of a text, back */
#ifndef GUNZIP_H
#define GUNZIP_H

#include <stddef.h>

/* The text of one gzip file in memory, at most max bytes, NUL added after *len.
 * Caller frees. NULL with errno set: EFBIG above max, EBADMSG for what gzip did
 * not write, or not to its end. */
char *gunzip(const char *data, size_t size, size_t max, size_t *len);

#endif
