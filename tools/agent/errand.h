/* errand - what a coding agent is started with: command, task, environment
 *
 * The flags are those of the Claude Code command line; none of them lifts a
 * permission. Keys go into the agent's environment and nowhere else.
 */
#ifndef ERRAND_H
#define ERRAND_H

#include "receipt.h"
#include "room.h"
#include "words.h"

struct errand {
	const struct question *q;
	const struct room *room;
	const char *program;
	const char *bwrap;         /* NULL: no jail */
	double usd;                /* the most that a turn may cost */
	double limit_s;            /* and take */
	char session[SESSION_MAX]; /* to go on with; "": a new one */
};

void errand_command(const struct errand *e, struct words *out);

/* missing: what the turn before did not leave, or NULL; measured: it asked for
 * a measurement. Caller frees. */
char *errand_task(const struct errand *e, const char *missing, int measured);

/* The agent's environment. Returns -1 with the fault set for a key that is
 * none. */
int errand_environment(const struct errand *e, struct words *out,
                       struct fault *f);

/* That of ./step out here. */
void errand_step_environment(const struct errand *e, struct words *out);

#endif
