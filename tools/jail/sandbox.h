/* sandbox - the one place that starts foreign code while a judgement runs
 *
 * What runs there gets the descriptors and the environment that it is given
 * and no more, leads a session of its own, is killed with whoever started it,
 * and can print a bounded amount. What it leaves behind is killed with it: a
 * program that uses this starts children in no other way. The level says what
 * else confines it; at "none" it is an ordinary process of this user.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "fault.h"

#include <stddef.h>
#include <sys/types.h>

#define SANDBOX_FDS 16
#define SANDBOX_LOG (64 * 1024) /* bytes of output kept; the rest is lost */

struct sandbox {
	const char *const *argv; /* NULL-terminated; argv[0] is the program's
	                            path */
	const char *const *env;  /* NULL-terminated "NAME=value" */
	const int *fd;           /* become 3, 4, ... in the program */
	size_t nfd;
	const char *dir; /* where it starts; NULL: / */
};

struct jailed {
	pid_t pid;  /* 0: none */
	int log;    /* the reading end of what it prints */
	int ended;  /* by itself, with status */
	int status; /* of waitpid */
};

/* Returns -1 with the fault set if it could not be started. */
int sandbox_spawn(const struct sandbox *s, struct jailed *j, struct fault *f);

/* Has it ended by itself? Does not wait. */
int sandbox_ended(struct jailed *j);

/* Stops every thread of it, and returns once all are stopped: 0, or -1 if it
 * ended or does not stay stopped within two seconds. */
int sandbox_freeze(struct jailed *j);
void sandbox_thaw(struct jailed *j);

/* 0 if it runs again, by a timer's SIGCONT for instance, or ended. */
int sandbox_is_frozen(struct jailed *j);

/* 0 if it started processes of its own, which escape the freeze. */
int sandbox_is_alone(const struct jailed *j);

/* Kills it and all that it started, and waits for it. What it printed stays
 * readable until sandbox_free. */
void sandbox_kill(struct jailed *j);
void sandbox_free(struct jailed *j);

/* How it ended: "exit status 3", "signal 11 (Segmentation fault)". */
void sandbox_ending(const struct jailed *j, char *text, size_t len);

/* The end of what it printed, as one line of printable ASCII, "" if none. */
void sandbox_last_words(const struct jailed *j, char *text, size_t len);

/* "none": recorded in every verdict. */
const char *sandbox_level(void);

#endif
