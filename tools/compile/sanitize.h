/* sanitize - how a kernel is built to run under sanitizers */
#ifndef SANITIZE_H
#define SANITIZE_H

#include "fault.h"

/* The compiler's flags for words such as "address undefined". Caller frees.
 * NULL with the fault set for a word that is not for the device. */
char *sanitize_flags(const char *words, const char *device, struct fault *f);

#endif
