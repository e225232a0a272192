/* research_prompt - what the research step asks: a plan made from files alone
 *
 * The prompt holds the records of one device: the table of experiments, the
 * lessons, notes and hints, the profiles, and the edits that were accepted.
 * Each part is bounded. Files stand behind "> ", line by line, so that none
 * can pass for another part; what is not visible in them shows as '?'.
 */
#ifndef RESEARCH_PROMPT_H
#define RESEARCH_PROMPT_H

#include "ledger.h"

struct research_ground {
	const char *kernel_dir, *experiments, *device;
	const struct ledger *ledger;
};

extern const char research_system[];

/* Begins with research_heading(device), by which a conversation is known to
 * be of that device. Caller frees. */
char *research_prompt(const struct research_ground *g);
char *research_heading(const char *device);

/* The next turn: wrong is that of plan_check. Caller frees. */
char *research_again(const char *wrong);

#endif
