/* door - ./step for an agent in its jail: words in, the answers of make out
 *
 * The agent's ./step writes "ID WORD ARGUMENT ..." into the pipe .step/requests
 * of its workspace, and waits for the file .step/ID.status. Whoever holds the
 * door takes the words one request at a time, has the repository's own ./step
 * check and run them, and writes .step/ID.output and then .step/ID.status,
 * into a folder that is read-only on the other side. The candidate that is
 * judged is a copy, in a folder that the agent does not see.
 *
 * Words that would make an experiment are refused: one is under way, and what
 * the agent leaves behind is its candidate.
 */
#ifndef DOOR_H
#define DOOR_H

#include "fault.h"

#include <stddef.h>
#include <sys/types.h>

#define DOOR_REQUESTS 200 /* in one opening; more are not heard */
#define DOOR_LINE 96

struct door {
	const char *room;  /* the workspace */
	const char *taken; /* where copies of the candidate go */
	const char *file;  /* its name, "solution.c" */
	const char *const *env;

	int pipe;
	char line[DOOR_LINE];
	size_t len;
	int too_long; /* the line at hand is passed over */
	pid_t child;  /* the step that runs, 0: none */
	char id[40];
	int requests; /* taken so far */
	int measured; /* of them verify and bench */
};

/* room, taken, file and env (of the step that runs out here) are set by the
 * caller and stay its own. Returns -1 with the fault set. */
int door_open(struct door *d, struct fault *f);

/* Does what can be done without waiting: to be called every now and then. -1
 * with the fault set if answers cannot be written. */
int door_serve(struct door *d, struct fault *f);

/* Ends the step that runs, if one does. */
void door_close(struct door *d);

#endif
