/* brief_shapes - the shapes of a kernel, and how far each is from its floor */
#ifndef BRIEF_SHAPES_H
#define BRIEF_SHAPES_H

#include "brief.h"
#include "settings.h"
#include "workload.h"

/* Fills workloads and floor. Returns -1 with the fault set. */
int brief_shapes(const struct brief_place *place, const struct definition *d,
                 const struct settings *s, struct brief *out, struct fault *f);

#endif
