/* answer - a reply with what it took: the file n.reply.json
 *
 * Strings belong to whoever filled the structure, or to the document that
 * answer_read keeps in it.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "json.h"
#include "usage.h"

struct answer {
	const char *proposer; /* anthropic, openai, command, replay, ... */
	const char *model;    /* "" where there is none */
	const char *text;     /* what was said */
	const char *stop_reason;
	struct usage usage;
	double usd; /* NAN where unknown */
	double seconds;
	int64_t requests; /* HTTP attempts */
	const char *at;   /* an instant */
	const char *prompt_sha256;
	json *document; /* NULL but for answer_read's */
};

/* The object. Caller frees. */
json *answer_json(const struct answer *a);

/* Reads n.reply.json. -1 with the fault set, and nothing to free. */
int answer_read(const char *path, struct answer *out, struct fault *f);
void answer_free(struct answer *a);

/* The same from a value that stays the caller's and must outlive it. */
int answer_of(const json *v, const char *path, struct answer *out,
              struct fault *f);

#endif
