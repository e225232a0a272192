/* command - runs a program and waits: bounded time and output, no environment
 *
 * What is run reads a stranger's text, as a compiler does, so it runs in the
 * jail, gets PATH and nothing else, /dev/null as standard input, and its output
 * comes back as printable ASCII, '\n' and '\t'.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include "fault.h"

#include <stddef.h>

#define COMMAND_OUTPUT_MAX (64 * 1024)
#define COMMAND_TIME "its time is over"

struct command {
	const char *file;  /* what to execute */
	char *const *argv; /* NULL-terminated */
	const char *dir;   /* absolute: working folder, which it may write, also
	                      for temporary files; NULL: none */
	double limit_s;    /* its folder is bounded too, at 1 GiB */
	const char *const *reads; /* NULL-terminated absolute paths that it
	                             reads; NULL: none beside the system's */
	const char *seen_as; /* what dir is called in a jail; NULL: as here */
	const int *out;      /* becomes descriptor 3; NULL: none */
	const char *gpu;     /* as in sandbox.h */
};

struct command_result {
	int ok;         /* it ended by itself with status 0 */
	char ended[64]; /* else how: "exit status 1", "signal 11 (...)",
	                   COMMAND_TIME, "it filled its folder" */
	double seconds;
	char *output; /* both streams; what exceeds the bound is left out, and
	                 said; caller frees */
};

/* Returns -1 with the fault set if it could not be run. */
int command_run(const struct command *c, struct command_result *r,
                struct fault *f);

#endif
