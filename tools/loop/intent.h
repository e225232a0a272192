/* intent - intent.json: what an experiment was begun for, before its candidate
 *
 * Written first when a model is to propose: a folder with it and without
 * base.json is a conversation, not a claim that died.
 */
#ifndef INTENT_H
#define INTENT_H

#include "fault.h"
#include "json.h"

#include <stdint.h>

struct intent {
	const char *experiment, *device, *proposer;
	const char *created_at;     /* ISO 8601 */
	const char *direction;      /* direction.h */
	const char *parent;         /* "shipped" or an experiment: whose source
	                               the blocks are for */
	const char *parent_source;  /* its hash */
	const char *model;          /* to be asked; "": the proposer's own */
	const char *planner;        /* the planner's; "": there is none */
	const char *first;          /* the experiment that began the group, */
	int64_t candidate, members; /* and the place in it, from 1 */
	json *document;             /* owns what is above */
};

/* Returns -1 with the fault set ("path:line: reason"). */
int intent_read(const char *path, struct intent *out, struct fault *f);
void intent_free(struct intent *i);

/* Caller frees. */
char *intent_text(const struct intent *i);

#endif
