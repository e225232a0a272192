/* http - one POST, and its answer as it comes
 *
 * HTTPS with a certificate that holds, which nothing can turn off, or plain
 * HTTP to this machine's loopback, by no proxy. No redirect is followed, no
 * file of passwords read.
 */
#ifndef HTTP_H
#define HTTP_H

#include "fault.h"

#include <stddef.h>

struct http_limits { /* seconds */
	double connect_s;
	double stall_s; /* without a byte */
	double total_s;
};

struct http_call {
	const char *url;
	const char *const *headers; /* NULL-terminated "Name: value" */
	const char *body;
	size_t len;
	struct http_limits limits;
	size_t max; /* bytes of an answer; more is an end */
	/* Gets the answer's bytes, and about once a second tick. Both may be
	 * called with any status. Nonzero from take ends the call. */
	int (*take)(void *to, int status, const char *data, size_t len);
	void (*tick)(void *to, double seconds);
	void *to;
};

enum http_end {
	HTTP_WHOLE,   /* the answer came to its end */
	HTTP_STOPPED, /* take ended it */
	HTTP_LONG,    /* it was longer than max */
	HTTP_BROKEN,  /* connection refused, reset, stalled, or too slow: may
	                 go well another time */
	HTTP_REFUSED  /* the certificate, or the URL: will not */
};

struct http_answer {
	enum http_end end;
	int status; /* 0 where none came */
	int sent;   /* the server may have seen the request */
	char type[64], retry_after[64];
	double seconds;
	struct fault why; /* unless HTTP_WHOLE or HTTP_STOPPED */
};

/* May a call go to this URL? -1 with the fault set, without the URL's secrets:
 * user names in URLs are refused as well. */
int http_check_url(const char *name, const char *url, struct fault *f);

void http_post(const struct http_call *call, struct http_answer *out);

#endif
