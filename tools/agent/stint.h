/* stint - one run of a coding agent's program
 *
 * The program gets its task on standard input and prints its report on
 * standard output. While it runs the door is served. When it has ended, or its
 * time is over, or it prints too much, all that it started is killed: all in a
 * jail, its session without one.
 */
#ifndef STINT_H
#define STINT_H

#include "buffer.h"
#include "door.h"
#include "fault.h"

#define STINT_REPORT ((size_t)4 << 20)
#define STINT_WORDS ((size_t)16 << 10)

struct stint {
	char *const *argv;      /* argv[0] is a path */
	const char *const *env; /* NULL-terminated "NAME=value" */
	const char *dir;        /* where it starts; NULL: here */
	const char *task;
	double limit_s;

	struct buffer report; /* what it printed */
	struct buffer words;  /* on standard error, the beginning of it */
	int status;           /* of waitpid */
	int is_late;          /* it was ended by us */
};

/* -1 with the fault set where it could not be run at all, or the door failed.
 * The buffers are the caller's to free. */
int stint_run(struct stint *s, struct door *d, struct fault *f);

#endif
