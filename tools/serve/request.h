/* request - the head of an HTTP request, as far as a server of pages needs it
 */
#ifndef REQUEST_H
#define REQUEST_H

#include <stddef.h>

#define REQUEST_MAX 8192 /* bytes of a head */
#define REQUEST_WORD 256 /* of a method, a path, a host */

struct request {
	char method[REQUEST_WORD], path[REQUEST_WORD], host[REQUEST_WORD];
};

/* Reads what has come so far. Returns 1 with the request if its head is whole,
 * 0 if more has to come, and -1 if it is no request that is served here: not
 * HTTP/1.x, a word too long, or not exactly one Host. */
int request_read(const char *data, size_t len, struct request *out);

#endif
