/* hooks - what a process that calls a CUDA kernel's host code gives to it
 *
 * kernels/include/ratchet_abi.h names these functions; a kernel finds them in
 * the program that loaded it, which is therefore linked with -rdynamic.
 */
#ifndef HOOKS_H
#define HOOKS_H

#include "fault.h"
#include "layout.h"

#include "ratchet_abi.h"

struct hooks {
	void *stream;
	uint64_t scratch, scratch_bytes; /* the memory and its size */
	uint64_t zeroed, zeroed_bytes;
	uint64_t scratch_used, zeroed_used; /* the most that was asked for */
	uint64_t taken;  /* of scratch, by hooks_allocate in this call */
	uint64_t lacked; /* bytes that were wanted then, and not there */
	int is_captured; /* what is called now */
	char error[256]; /* the kernel's own last words */
};

extern struct hooks hooks;

/* The next piece of this call's scratch memory, for a library's allocator; NULL
 * where there is not so much. */
void *hooks_allocate(size_t bytes);

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message);

/* Loads a kernel's shared object and finds its entry. NULL with the fault
 * set. */
ratchet_kernel *kernel_load(const char *path, struct fault *f);

/* Another function that a loaded kernel exports, or NULL. */
ratchet_kernel *kernel_export(const char *path, const char *symbol);

/* Calls a kernel on the tensors of a call. Addresses of inputs and outputs are
 * moved by input_shift and output_shift. -1 with the fault set if it says that
 * it failed. */
int kernel_call(ratchet_kernel *run, const struct layout_arg *arg, uint32_t n,
                uint64_t input_shift, uint64_t output_shift, struct fault *f);

#endif
