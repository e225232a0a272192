/* prompt - what a model is asked: all that the files say, within a budget
 *
 * A prompt is made of sections (see sections.h). Outside of its quoted blocks
 * stand only constant words of this program's, numbers, and a person's hints;
 * all else is data (quote.h). The same files give the same prompt.
 */
#ifndef PROMPT_H
#define PROMPT_H

#include "base.h"

#define PROMPT_TOKENS 24000 /* the budget where nobody says another */

struct prompt_ground {
	const struct ground *ground;
	const struct ledger *ledger;
	const char *experiments; /* experiments/K */
	const char *build;       /* the incumbent's build.json, beside which
	                            lies build.log; NULL: not to be shown */
	const char *hypothesis;  /* the planner's reply, or NULL */
	const char *direction;   /* improve, parent, rewrite, model, research;
	                            NULL: improve */
	const char *facts; /* of the device, or NULL: machine.h finds them */
	int tokens;        /* the budget, of both parts; 0: PROMPT_TOKENS */
};

struct prompt {
	char *system, *user;
	char *dropped; /* prompt.tsv, see sections_table */
};

/* The request for an edit, for n hypotheses, for a plan. ground->incumbent is
 * what the edit is applied to: with the direction parent another experiment's
 * solution. Return -1 with the fault set: a file that is there cannot be read,
 * or the budget is too small for what is never cut. */
int prompt_coder(const struct prompt_ground *g, struct prompt *out,
                 struct fault *f);
int prompt_planner(const struct prompt_ground *g, int candidates,
                   struct prompt *out, struct fault *f);
int prompt_research(const struct prompt_ground *g, struct prompt *out,
                    struct fault *f);
void prompt_free(struct prompt *p);

#define AGAIN_MAX ((size_t)6000) /* bytes of details */

/* The next turn after a failure. what: "edit" (the reply had no edit that
 * applies), "build", "verify". Caller frees. */
char *prompt_again(const char *what, const char *details);

/* How many tokens a text is, about: its bytes / 3.5, rounded up. */
int prompt_estimate(const char *text);

#endif
