/* answer - a reply with what it took: the file n.reply.json */
#ifndef ANSWER_H
#define ANSWER_H

#include "json.h"
#include "usage.h"

struct answer {
	/* The structure's own; in answer_json NULL is "". */
	char *proposer; /* anthropic, openai, command, replay, ... */
	char *model;    /* "" where there is none */
	char *text;     /* what was said */
	char *stop_reason;
	char *at; /* an instant */
	char *prompt_sha256;

	struct usage usage;
	double usd; /* NAN where unknown */
	double seconds;
	int64_t requests; /* HTTP attempts */
};

/* The object, for json_free. */
json *answer_json(const struct answer *a);

/* From such an object, or such a file; path is for messages. -1 with the fault
 * set, and nothing to free. */
int answer_of(const json *v, const char *path, struct answer *out,
              struct fault *f);
int answer_read(const char *path, struct answer *out, struct fault *f);
void answer_free(struct answer *a);

#endif
