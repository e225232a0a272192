/* cubin - a kernel's device code: what it may not have, and its globals
 *
 * A kernel must not remember anything from call to call. Its module's writable
 * globals are therefore put back to what they were before each call.
 */
#ifndef CUBIN_H
#define CUBIN_H

#include "cuda.h"

#define CUBIN_MAX_GLOBALS ((size_t)1 << 20) /* bytes */

struct cubin_region { /* a variable */
	cu_address address;
	size_t bytes;
	void *content; /* as it was after loading */
};

struct cubin {
	cu_module module;
	struct cubin_region *region;
	size_t regions;
};

/* Loads device code. Returns -1 with the fault set and *reason one of
 * verdict.h's: the code cannot be loaded, allocates or launches on the device,
 * or has globals that cannot be found or are too large. */
int cubin_load(const char *image, size_t len, struct cubin *c,
               const char **reason, struct fault *f);

/* Enqueues that all globals get their first content again. */
int cubin_restore(const struct cubin *c, cu_stream stream, struct fault *f);

#endif
