/* brief_project - what judges a project, and what of it may not change */
#ifndef BRIEF_PROJECT_H
#define BRIEF_PROJECT_H

#include "brief.h"
#include "settings.h"

/* Fills definition and harness. Returns -1 with the fault set. */
int brief_project(const struct brief_place *place, const struct settings *s,
                  struct brief *out, struct fault *f);

#endif
