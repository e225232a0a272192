/* host - the machine that judges, which need not be this one
 *
 * Where RUNNER is not local, the variable FACTS names a file of what doctor -f
 * printed there: "key = value" lines. Else they are this machine's.
 */
#ifndef HOST_H
#define HOST_H

#include "fault.h"

#include <stdio.h>

struct host {
	int is_here;
	char gpu[96], arch[16]; /* "" without a GPU; "sm_90a" */
	char driver[64];        /* of the GPU */
	char cpu[64], system[64];
	char node[65]; /* its name */
};

/* Returns -1 with the fault set if FACTS cannot be read. */
int host_read(struct host *host, struct fault *f);
void host_print(FILE *out, const struct host *host);

/* As in the head of verify.jsonl, where a CPU's name has its threads after it.
 * "" where it is not known. */
const char *host_device_name(const struct host *host, const char *device);
const char *host_driver(const struct host *host, const char *device);

#endif
