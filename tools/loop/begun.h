/* begun - experiments that were begun and are not published
 *
 * A folder says by its files how far it came: intent.json, where a model is
 * asked; base.json, written last, once there is a candidate; result.md, once
 * it is published. With neither of the first two it is a claim that died.
 */
#ifndef BEGUN_H
#define BEGUN_H

#include "base.h"
#include "intent.h"
#include "proposal.h"
#include "site.h"

struct begun {
	char *dir;
	struct base base;     /* document NULL: no candidate yet */
	struct intent intent; /* document NULL: no model is asked */
};

struct begun_list {
	struct begun *item; /* of this device, by number */
	size_t count;
	char *dead; /* a claim that died, or NULL */
};

/* Returns -1 with the fault set. */
int begun_read(const struct site *s, struct begun_list *out, struct fault *f);
void begun_free(struct begun_list *l);

/* Adds an experiment's candidates, those of its attempt_N/ too, to the ledger
 * as pending. */
int begun_add_pending(struct site *s, const struct begun *b, struct fault *f);

/* Makes the candidate stand on what is here now: where that has changed,
 * base.json is written anew and what was measured is removed, which a line on
 * standard error says. A verdict that stands is left alone: it was reached
 * against the incumbent that base.json names, and an accept is not yet, or
 * already, carried out. An incumbent that was edited by hand is a fault. */
int begun_refresh(const struct site *s, const struct begun *b, struct fault *f);

/* Writes a candidate into its folder, base.json last. Of b the proposer,
 * created_at, and what is a model's count. */
int begun_write(const struct site *s, const char *dir, const struct proposal *p,
                const struct base *b, struct fault *f);

/* Moves what was made of a candidate into DIR/attempt_N, base.json last, so
 * that the folder waits for another candidate. Can be done again. */
int begun_set_aside(const char *dir, int64_t attempt, struct fault *f);

#endif
