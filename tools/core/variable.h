/* variable - what the environment says
 *
 * A variable that is empty is one that is not set.
 */
#ifndef VARIABLE_H
#define VARIABLE_H

#include "fault.h"

#include <stdint.h>

/* NULL where it is not set. */
const char *variable(const char *name);

/* Its number into *out, which stays as it is where none is set. most may be
 * INFINITY, INT64_MAX. Return -1 with the fault set, which names it, for what
 * is no number (number.h) from least to most. */
int variable_number(const char *name, double least, double most, double *out,
                    struct fault *f);
int variable_count(const char *name, int64_t least, int64_t most, int64_t *out,
                   struct fault *f);

#endif
