/* room - the workspace of one experiment's agent, and what is found in it
 *
 * Beneath BUILD/agent/K/exp_NNNN: room/ is the workspace, home/ the agent's
 * home, taken/ our copies of what it wants judged, session the id of its last
 * session. It is made by tools/workspace.sh with what make exports: KERNEL,
 * DEVICE, BUILD, KERNELS, WORKLOADS and EXPERIMENTS. What the agent wrote is
 * read beneath the workspace, through no link, and bounded.
 */
#ifndef ROOM_H
#define ROOM_H

#include "kind.h"

struct room {
	char *dir, *home, *taken; /* absolute */
	char *session_path;
	char *file;      /* "solution.c" */
	char *incumbent; /* its text, as it was given */
};

/* Makes what is not there. Returns -1 with the fault set; to be freed also
 * then. */
int room_open(const struct question *q, struct room *out, struct fault *f);
void room_free(struct room *r);

/* The reply that the workspace holds: proposal.txt's fields and the candidate
 * as one block. NULL with the reason, for the agent's eyes, where there is
 * none yet, or only what was answered before. Caller frees. */
char *room_reply(const struct room *r, const struct question *q,
                 struct fault *why);

#endif
