/* kind - a way to have a question answered
 *
 * A kind makes one answer and writes no file of the conversation: ask does,
 * and settles what was reserved once the reply is on file. So a kind that
 * costs reserves with attempt_begin before each try, settles with attempt_end
 * a try that certainly cost nothing, and leaves all others alone.
 */
#ifndef KIND_H
#define KIND_H

#include "answer.h"
#include "conversation.h"
#include "spend.h"

struct question {
	const char *experiments;         /* the folder experiments/K */
	const char *name;                /* "exp_0007/code" */
	const struct conversation *said; /* its last turn waits */
};

/* Returns EXIT_YES with proposer, model, text, stop_reason, usage, usd, seconds
 * and requests filled; EXIT_NO when a budget is spent, EXIT_TROUBLE for what
 * stays, EXIT_RETRY for what may pass, each with the fault set and nothing to
 * free. */
typedef int kind_answer(const struct question *q, struct answer *out,
                        struct fault *f);

kind_answer anthropic_answer, openai_answer; /* insist.c: over HTTP */
kind_answer pipe_answer;                     /* pipe.c: any program */
kind_answer replay_answer;                   /* transcript.c */
kind_answer agent_answer; /* agent.c: a coding agent in a workspace */

#endif
