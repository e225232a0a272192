/* failure - what the build or the checks say against a candidate */
#ifndef FAILURE_H
#define FAILURE_H

#include "base.h"

/* For an experiment whose candidate is base's: 1 if it does not compile or was
 * found wrong, with *what "build" or "verify" and *details, the compiler's
 * words or the checks', which the caller frees; 0 if nothing is said against
 * it, or it was not tried yet; -1 with the fault set. */
int failure_find(const char *dir, const struct base *base, const char **what,
                 char **details, struct fault *f);

#endif
