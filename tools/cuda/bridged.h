/* bridged - the command that starts Python where a program of ours would be */
#ifndef BRIDGED_H
#define BRIDGED_H

#include "fault.h"

struct bridged {
	const char *argv[12];
	const char *reads[4]; /* what it has to see */
	char *text, *library, *code;
};

/* what: "capture", "host" or "host-writable"; or "reference", with the job's
 * folder. python: the interpreter's path. Returns -1 with the fault set. */
int bridged_make(struct bridged *b, const char *python, const char *what,
                 const char *job_dir, struct fault *f);
void bridged_free(struct bridged *b);

#endif
