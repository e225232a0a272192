/* sandbox - the one place that starts foreign code
 *
 * Foreign code is what we did not write: a kernel's host code, and a compiler
 * that reads a stranger's text. It gets the descriptors, the environment and
 * the files that it is given and no more, leads a session of its own, dies
 * with whoever started it, and can print a bounded amount. What it leaves
 * behind is killed with it: a program that uses this starts children in no
 * other way.
 *
 * Levels: "bwrap", a jail by bubblewrap (bwrap.h says what is seen inside);
 * "container", the user says that we are in a container that holds one
 * candidate and is thrown away; "none", an ordinary process of this user. At
 * all of them filter.h holds.
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
	const char *dir;          /* where it starts; NULL: / */
	const char *seen_as;      /* with writes, dir's path in a jail; NULL:
	                             its own */
	const char *const *reads; /* NULL-terminated absolute paths: files and
	                             folders beside the system's that it sees;
	                             may be NULL */
	int writes;               /* it may write to dir */
	int forks;                /* it may start processes, not only threads */
	const char *gpu; /* the device file of the GPU that it sees, with the
	                    driver; "": of all; NULL: none */
	int shadow;      /* a sanitizer's shadow memory: no bound */
};

struct jailed {
	pid_t pid;  /* 0: none */
	int log;    /* the reading end of what it prints */
	int ended;  /* by itself, with status */
	int status; /* of waitpid */
};

/* Returns -1 with the fault set if it could not be started: so also where
 * sandbox_level refuses. */
int sandbox_spawn(const struct sandbox *s, struct jailed *j, struct fault *f);

/* Has it ended by itself? Does not wait. */
int sandbox_ended(struct jailed *j);

/* Stops every thread of it, and returns once all are stopped: 0, or -1 if it
 * ended or does not stay stopped within two seconds. */
int sandbox_freeze(struct jailed *j);
void sandbox_thaw(struct jailed *j);

/* 0 if it runs again, by a timer's SIGCONT for instance, or ended. */
int sandbox_is_frozen(struct jailed *j);

/* Kills it, and does not wait: sandbox_kill does. */
void sandbox_condemn(const struct jailed *j);

/* Kills it and all that it started, and waits for it. What it printed stays
 * readable until sandbox_free. What cannot be killed within ten seconds, for a
 * device that hangs, ends the program with a message and EXIT_TROUBLE. */
void sandbox_kill(struct jailed *j);
void sandbox_free(struct jailed *j);

/* How it ended: "exit status 3", "signal 11 (Segmentation fault)". */
void sandbox_ending(const struct jailed *j, char *text, size_t len);

/* The end of what it printed, as one line of printable ASCII, "" if none. */
void sandbox_last_words(const struct jailed *j, char *text, size_t len);

/* "bwrap", "container" or "none", as the variable SANDBOX and this machine
 * have it: recorded in every verdict. NULL with the fault set where nothing
 * foreign may run: the reason and the remedy. Asked once; later answers are
 * the same. */
const char *sandbox_find_level(struct fault *f);

/* The level of a program that began with sandbox_require. */
const char *sandbox_level(void);

/* Is what root jails here root's to the kernel, because there is no nobody that
 * it could be? Known once the level is. */
int sandbox_is_root(void);

/* Returns -1 with the fault set where only our own text may run: the level is
 * `none`, and the user did not say so. */
int sandbox_admits_strangers(struct fault *f);

/* Call first in a program that runs foreign code: exits 2 with reason and
 * remedy where it must not. */
void sandbox_require(void);

/* From now on, what is started is the system's own and may run where there is
 * no jail. */
void sandbox_trust(void);

#endif
