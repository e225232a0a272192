/* remote - what an environment says about a server, and one request to it */
#ifndef REMOTE_H
#define REMOTE_H

#include "http.h"
#include "provider.h"

struct remote {
	const struct provider *api;
	const char *base; /* of the URL, as it was given */
	char *url;
	char *key_header; /* NULL without a key */
	struct request request;
	struct http_limits limits;
	double first_s; /* see retry.h */
	int attempts;
};

/* From MODEL, EFFORT, MAX_TOKENS, the ASK_ numbers, the API's base URL and its
 * key. -1 with the fault set, and nothing to free. */
int remote_find(const struct provider *api, const struct conversation *said,
                struct remote *out, struct fault *f);
void remote_free(struct remote *r);

enum remote_end {
	REMOTE_DONE,  /* the reply is whole */
	REMOTE_AGAIN, /* it failed, and another time may go well */
	REMOTE_NEVER  /* it failed for good */
};

struct remote_answer {
	enum remote_end end;
	int charged;        /* the server may have begun to answer */
	double after_s;     /* that it asked us to wait */
	struct incoming in; /* for incoming_free */
	struct fault why;   /* unless REMOTE_DONE */
};

/* Sends a request's body once. */
void remote_send(const struct remote *r, const char *body,
                 struct remote_answer *out);

#endif
