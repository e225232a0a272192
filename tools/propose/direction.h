/* direction - what kind of change a model is asked for next
 *
 * Found from the ledger, never by a model. After each stall, that is so many
 * of a model's experiments in a row that were not accepted, the next of
 *
 *   improve   the incumbent
 *   parent    start from another experiment's solution: the best measured
 *             ones in turn, which are right and not the incumbent
 *   rewrite   the incumbent, as a whole if need be
 *   model     another model is asked: those listed, in turn
 *   research  look first at what the records say (plan.md)
 *
 * and from the beginning again; those that cannot be are left out. What tune
 * tried does not count, nor what a person did.
 */
#ifndef DIRECTION_H
#define DIRECTION_H

#include "asking.h"
#include "begun.h"

#define DIRECTION_IMPROVE "improve"
#define DIRECTION_PARENT "parent"
#define DIRECTION_REWRITE "rewrite"
#define DIRECTION_MODEL "model"
#define DIRECTION_RESEARCH "research"

struct direction {
	const char *word;
	char *parent; /* "shipped" or an experiment */
	char *model;  /* to be asked */
};

/* member: the place among candidates made from one incumbent, from 0. */
void direction_choose(const struct site *s, const struct asking *r, long member,
                      struct direction *out);
void direction_free(struct direction *d);

/* A model's experiment, not tune's, nor a person's. */
int is_model(const char *proposer);

/* tune has its turn: fewer than most of its points were tried since the last
 * of a model's changes was accepted, and nothing else was. */
int direction_is_tune(const struct site *s, long most);

#endif
