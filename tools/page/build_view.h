/* build_view - what an experiment's compiler was told, and what it said */
#ifndef BUILD_VIEW_H
#define BUILD_VIEW_H

#include <stddef.h>
#include <stdio.h>

/* At most so many lines of the log. */
void build_view(FILE *p, const char *experiments, const char *experiment,
                size_t lines);

#endif
