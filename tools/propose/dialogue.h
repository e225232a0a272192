/* dialogue - an experiment's conversations, from its intent to its candidate
 *
 * plan/ has the planner's words, where there is one; code/ the coder's. What
 * comes next is found from the files alone, each of which is whole or absent,
 * so that a step can be killed anywhere and done again:
 *
 *   direction research           wait until that was tried (the file
 *                                researched), once for a group
 *   no plan/, a planner          ask it, once for all members of the group
 *   no code/                     ask the coder
 *   the last turn waits          so do we
 *   its reply has no valid edit  say why, in the next turn
 *   it has                       the candidate: solution, proposal.md and
 *                                base.json
 *   that failed to build, or     say why, in the next turn; the candidate is
 *   was found wrong              moved to attempt_N/, N being its turn
 *   the repairs are used up      what is there is judged; without a valid
 *                                edit a source that is an #error, which says
 *                                so
 */
#ifndef DIALOGUE_H
#define DIALOGUE_H

#include "begun.h"
#include "prompt.h"

#define MAX_REPAIRS 3

struct dialogue {
	const struct site *site;
	const char *editable; /* names, a blank between; "": all sources */
	int tokens;           /* of a prompt, at most */
};

enum dialogue_state {
	DIALOGUE_READS, /* research comes first; "researched" says it was */
	DIALOGUE_PLANS, /* plan/ waits for an answer */
	DIALOGUE_CODES, /* code/ does */
	DIALOGUE_DONE,  /* the candidate is there, to be built and judged */
};

/* Does what can be done for b, and reads b again. Returns the state, or -1
 * with the fault set. */
int dialogue_step(const struct dialogue *d, struct begun *b, struct fault *f);

#endif
