/* asking - how a model is asked, as the environment has it
 *
 *   MODEL          the coder's; empty: the proposer's own
 *   MODELS         others, a blank between, for when MODEL has stalled
 *   PLANNER_MODEL  the planner's; empty: no planner is asked
 *   CANDIDATES     made from one incumbent, 1
 *   STALL          experiments without an accept that change the direction, 5
 *   TUNE_AFTER     turns of tune after an accept that declares knobs, 4
 *   PROMPT_TOKENS  of a first prompt, at most; prompt.h has the default
 */
#ifndef ASKING_H
#define ASKING_H

#include "fault.h"

#include <stdint.h>

struct asking {
	const char *proposer;
	const char *model, *models, *planner; /* "" for none */
	int64_t candidates, stall, tune_after;
	int64_t tokens; /* 0: the default */
};

/* Returns -1 with the fault set, which names the variable. */
int asking_read(const char *proposer, struct asking *out, struct fault *f);

#endif
