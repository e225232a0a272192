/* memfile - memory that the judge shares with a worker
 *
 * Its size is sealed. The judge's own mapping is writable; with read_only no
 * other mapping or descriptor ever can be, whatever the worker tries.
 */
#ifndef MEMFILE_H
#define MEMFILE_H

#include "fault.h"

#include <stddef.h>

struct memfile {
	int fd;
	char *map;
	size_t bytes;
};

/* Returns -1 with the fault set and nothing to free. */
int memfile_make(struct memfile *m, const char *name, size_t bytes,
                 int read_only, struct fault *f);
void memfile_free(struct memfile *m);

#endif
