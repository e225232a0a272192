/* layout - where every tensor of a CUDA judgement lies
 *
 * Addresses are part of a kernel's parameters, so they are the same in every
 * process: in the capture, which has decoys there, and in each launcher. The
 * judge works the layout out once and hands it on as a memory file. A call is
 * one input set of one workload; every call has tensors of its own.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include "dtype.h"
#include "fault.h"

#include <stdint.h>

struct job;

enum arena { ARENA_INPUT, ARENA_OUTPUT, ARENA_SCRATCH, ARENA_ZEROED, ARENAS };

#define ARENA_BASE 0x7a0000000000u     /* of the first arena */
#define ARENA_MAX 0x4000000000u        /* bytes of the largest that is served */
#define ARENA_GAP ((uint64_t)64 << 20) /* nothing is mapped between two */
#define ARENA_GRANULE ((size_t)2 << 20)
#define ZEROED_BYTES ((size_t)4 << 20)

/* One argument of the kernel in one call. */
struct layout_arg {
	int is_output, is_scalar;
	enum dtype dtype;
	int ndim;
	int64_t shape[8];
	uint64_t elements, bytes;
	int is_window;    /* into what other calls use too (windows.h) */
	uint64_t first;   /* of its elements among those, a multiple of 4 */
	uint64_t address; /* the tensor's; of an output, after its red zone */
	uint64_t slot, slot_bytes; /* of an output, red zones included */
	int64_t integer;           /* of a scalar, by its dtype */
	double number;
};

struct layout {
	uint64_t arena[ARENAS];       /* where each begins */
	uint64_t arena_bytes[ARENAS]; /* multiples of ARENA_GRANULE */
	uint64_t span; /* from ARENA_BASE to the end of the last */
	/* Of memory: the outputs of the largest workload. All workloads share
	 * it, each mapped at addresses of its own while it is called. */
	uint64_t output_bytes;
	uint32_t workloads, sets, args;
	struct layout_arg arg[]; /* of workload 0's set 0, set 1, ... */
};

/* Lays a job out. Caller frees. NULL with the fault set if an arena would be
 * too large for its address range. */
struct layout *layout_make(const struct job *job, struct fault *f);

/* The arguments of one call (layout->args of them). */
const struct layout_arg *layout_call(const struct layout *l, uint32_t workload,
                                     uint32_t set);

/* Where a workload's outputs begin, and how many bytes the slots of all its
 * sets take. */
uint64_t layout_outputs(const struct layout *l, uint32_t workload,
                        uint64_t *bytes);

/* As a memory file, to be inherited; -1 with the fault set. */
int layout_export(const struct layout *l, struct fault *f);

/* Maps what layout_export made. NULL with the fault set. */
const struct layout *layout_import(int fd, struct fault *f);

/* Do bytes at address lie within one of the arenas? */
int layout_holds(const struct layout *l, uint64_t address, uint64_t bytes);

#endif
