/* level - what sandbox.c and level.c share */
#ifndef LEVEL_H
#define LEVEL_H

#include "sandbox.h"

/* Where bubblewrap is, or NULL with the fault set. Static storage. */
const char *level_bwrap(struct fault *f);

/* As sandbox_spawn, in bubblewrap (its path) or, if that is NULL, without. */
int sandbox_spawn_in(const char *bwrap, const struct sandbox *s,
                     struct jailed *j, struct fault *f);

#endif
