/* starter - what the files of a kernel begin as */
#ifndef STARTER_H
#define STARTER_H

#include "definition.h"

/* C or CUDA C that checks its arguments, and says that it is not written yet;
 * what: the end of its first line. Caller frees these. */
char *starter_stub(const struct definition *d, const char *what);
char *starter_settings(const struct definition *d);

/* A list of one shape: each variable axis the same, inputs at random. */
char *starter_workload(const struct definition *d);

#endif
