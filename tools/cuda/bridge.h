/* bridge - our programs as a library, for a run that is Python */
#ifndef BRIDGE_H
#define BRIDGE_H

#include "ratchet_abi.h"

#include <sys/types.h>

/* What the programs capture, `launcher reference JOB` and `launcher host` (or
 * host-writable) do, with run as the kernel. words: a descriptor for what they
 * have to say. They do not return. */
_Noreturn void bridge_capture(ratchet_kernel *run, int words);
_Noreturn void bridge_reference(ratchet_kernel *run, const char *job,
                                int words);

_Noreturn void bridge_host(ratchet_kernel *run, int is_writable, int words);

/* The stream that run has to use; NULL before it is called. */
void *bridge_stream(void);

/* Why run fails, before it returns -1. */
void bridge_fail(const char *kind, const char *message);

/* As capture_module. */
int bridge_module(void *handle, const void *code, size_t len);

/* PyTorch's memory while run is captured: pieces of its scratch memory, for one
 * call. As torch.cuda.memory.CUDAPluggableAllocator wants them. */
void *bridge_allocate(ssize_t bytes, int device, void *stream);
void bridge_release(void *p, ssize_t bytes, int device, void *stream);

#endif
