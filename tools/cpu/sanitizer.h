/* sanitizer - kernels that were built with sanitizers: what they need and say
 *
 * They find honest mistakes. A kernel can tell that it runs under one, and can
 * keep it quiet: this proves nothing of a kernel that means ill.
 */
#ifndef SANITIZER_H
#define SANITIZER_H

#include "fault.h"

#include <stddef.h>

/* The name of the library ("libasan.so.8") that must be loaded before this
 * shared object, "" if none. Returns -1 with the fault set. */
int sanitizer_library(const char *so, char *name, size_t len, struct fault *f);

/* What the output of a process that died says, as a reason of verdict.h and a
 * line for people. NULL if no sanitizer spoke. */
const char *sanitizer_reason(const char *output, char *detail, size_t len);

#endif
