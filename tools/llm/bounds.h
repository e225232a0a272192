/* bounds - how long and how often: numbers of the environment */
#ifndef BOUNDS_H
#define BOUNDS_H

#include "fault.h"

/* A variable's number, from least to most; fallback where it is not set or
 * empty. -1 with the fault set, naming it. */
int bound_find(const char *name, double fallback, double least, double most,
               double *out, struct fault *f);

/* ASK_LIMIT_S: seconds until an answer must be whole. */
int bound_total(double *out, struct fault *f);

#endif
