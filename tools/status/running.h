/* running - what is at work: experiments that are not published, and devices */
#ifndef RUNNING_H
#define RUNNING_H

#include "fault.h"

#include <stddef.h>

struct running {
	char *kernel, *experiment, *device; /* "-": not known yet */
	const char *step; /* what it needs next: propose, build, verify, ... */
	int is_worked_on; /* its kernel's lock is held */
	double seconds_left; /* at most, of its judgement; NAN: none is begun */
};

struct running_list {
	struct running *item;
	size_t count;
};

/* Of all kernels; build has their locks. Returns -1 with the fault set. */
int running_read(const char *experiments, const char *build,
                 struct running_list *out, struct fault *f);
void running_free(struct running_list *l);

/* Does somebody hold the lock on that file? */
int lock_is_held(const char *path);

#endif
