/* tool - what every program's main() shares: exit codes and a checked end */
#ifndef TOOL_H
#define TOOL_H

enum {
	EXIT_YES = 0,     /* done; the answer is yes */
	EXIT_NO = 1,      /* ran well; the answer is no */
	EXIT_TROUBLE = 2, /* usage, unreadable input, failed system call */
	EXIT_RETRY = 75,  /* temporary: device busy, network; try again */
};

/* Call first in main(): checks standard output when the program ends, so that
 * a full disk exits 2 instead of passing unseen, and keeps number formats in
 * the C locale. */
void tool_start(void);

/* Prints "usage: SYNOPSIS" and exits 2. */
_Noreturn void tool_usage(const char *synopsis);

/* The folder of the running program, where the others are; or of the library,
 * in a stranger's program, that said so. Static storage. */
const char *tool_dir(void);
void tool_is_library(const char *path);

#endif
