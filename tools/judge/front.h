/* front - what verify and bench share: make a job, have it judged, keep the
 * result
 */
#ifndef FRONT_H
#define FRONT_H

#include "job.h"

struct front {
	struct job_parts parts;
	const char *output; /* where the result goes */
	int verbose;
};

/* Takes one of the options that both have: -c, -k, -m, -o, -t, -v, -w.
 * Returns -1 if it is another, or -t's argument is no number. */
int front_option(struct front *f, int option, const char *argument);

/* Are the options there that must be? */
int front_is_complete(const struct front *f);

/* Makes the job in a temporary folder, runs judge on it, moves its result to
 * output. Returns what judge exits with; says what is wrong. The folder goes
 * in any case, also when a signal ends the program. Who is refused on a device
 * that he shared is judged again, alone. */
int front_judge(const struct front *f);

#endif
