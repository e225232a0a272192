/* round - what comes next where a model proposes
 *
 * A round is a group of candidates from one incumbent. First all are asked
 * for at the same time; then they are built and checked, and all that have to
 * be mended are asked for again; once all are right, or beyond
 * mending, they are judged, the best predicted first. Each call finds from the
 * files what comes next, and does what needs no other program.
 */
#ifndef ROUND_H
#define ROUND_H

#include "asking.h"
#include "dialogue.h"
#include "direction.h"

struct unanswered {
	char *what;  /* a conversation that waits for an answer; or the file
	                that says that research was tried, to be made */
	char *model; /* to be asked; "": the proposer's own */
};

struct round {
	char *dir;                /* the experiment to go on with */
	struct unanswered *waits; /* all of them; none: the candidate is there,
	                             to be built or judged */
	size_t count;
};

/* 0: out is filled; 1: nothing is begun; -1 with the fault set. */
int round_next(struct site *s, const struct asking *r, struct round *out,
               struct fault *f);
void round_free(struct round *r);

/* Begins a group with its first experiment; round_next begins the others. */
int round_begin(struct site *s, const struct asking *r, struct fault *f);

/* The first prompt of the group that would be begun, written nowhere. */
int round_prompt(struct site *s, const struct asking *r, struct prompt *out,
                 struct fault *f);

#endif
