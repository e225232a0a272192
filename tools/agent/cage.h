/* cage - the jail of a coding agent
 *
 * An agent needs the network, to reach its model, and a folder to write to, so
 * its jail is not a kernel's. It sees the system's programs and certificates,
 * its own program, AGENT_READS (folders, ':' between), its home and its
 * workspace; of these it can write to the home, and in the workspace to what
 * is not the rules, the records or ./step. It sees no other process, and what
 * it starts ends with it. It does reach what listens on this machine's
 * loopback addresses.
 */
#ifndef CAGE_H
#define CAGE_H

#include "words.h"

#define CAGE_ROOM "/room"
#define CAGE_HOME "/agent"

struct cage {
	const char *room, *home; /* absolute paths out here */
	const char *program;     /* the agent's, absolute */
};

/* Adds the command that runs bubblewrap (its path), up to and with the
 * program. Keys are not for a command line: give them in the environment. */
void cage_command(struct words *w, const char *bwrap, const struct cage *c);

#endif
