/* provider - what an API wants to be sent, and what its events mean
 *
 * An API is a row of constants and two functions without state of their own:
 * what has arrived so far is in a struct incoming, which begins all zero.
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "buffer.h"
#include "conversation.h"
#include "json.h"
#include "usage.h"

struct request {
	const struct conversation *said; /* its last turn waits */
	const char *model;
	const char *effort; /* as the API names it, or NULL */
	int64_t max_tokens; /* of output, what is thought included */
	int own_server;     /* not the API's own, but a compatible one */
};

struct incoming {
	struct buffer text;        /* at most CONVERSATION_MAX */
	char *model, *stop_reason; /* NULL until they are said */
	struct usage usage;
	int has_usage;
	int64_t bytes; /* of text, and of thinking that is not kept */
	int begun;     /* what was sent is being answered, and paid for */
	int whole;     /* the reply is complete */
	int status;  /* of an error among the events, as HTTP has them; or 0 */
	char *error; /* its message */
	int64_t block; /* anthropic: 1 + the open block's index, or 0 */
	int is_text;   /* anthropic: that block is text */
};

struct provider {
	const char *name;
	const char *key;        /* the variable of its key */
	const char *key_header; /* as a header begins: "x-api-key: " */
	const char *base;       /* the URL of its own server */
	const char *base_name;  /* the variable of another */
	const char *path;       /* after the base, or after its /v1 */
	int base_has_version;   /* so does every base with a path */
	const char *version;    /* a header more, or NULL */
	char *(*body)(const struct request *r); /* caller frees */

	/* Takes one event: 0, 1 if nothing more is wanted (whole or status is
	 * set), -1 with the fault set if it is not what may come now. */
	int (*event)(struct incoming *in, const char *data, size_t len,
	             struct fault *f);
};

extern const struct provider provider_anthropic, provider_openai;

/* For event functions. */
void incoming_free(struct incoming *in);
int incoming_add(struct incoming *in, const char *text, struct fault *f);
void incoming_set(char **word, const char *value); /* NULL changes nothing */
void incoming_set_tokens(int64_t *tokens, const json *value);
/* Ends it with an error object's message. */
int incoming_fail(struct incoming *in, int status, const json *error);

#endif
