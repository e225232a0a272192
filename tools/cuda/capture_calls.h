/* capture_calls - records what a kernel's host code launches
 *
 * The process runs a stranger's code. What it writes is bounded and checked by
 * those who read it; that it ends well means nothing.
 */
#ifndef CAPTURE_CALLS_H
#define CAPTURE_CALLS_H

#include "ratchet_abi.h"

#include <stddef.h>

/* The descriptors that the process is started with begin here: the layout, the
 * plan to be written, the kernel. */
#define CAPTURE_FIRST_FD 3

/* Writes the plan and ends the process. run is called on this thread; NULL: the
 * kernel's shared object has it. */
_Noreturn void capture_calls(ratchet_kernel *run);

/* Device code that run has loaded, by the driver's handle: of which the kernels
 * are that it launches. -1 if it is too much. */
int capture_module(void *handle, const void *code, size_t len);

#endif
