/* gpu - the judge's own device code (device.cu), as functions
 *
 * Everything is enqueued on the stream of gpu_open; nothing waits unless it
 * says so. All return -1 with the fault set.
 */
#ifndef GPU_H
#define GPU_H

#include "check.h"
#include "cuda.h"
#include "random.h"

struct gpu {
	struct cuda_device device;
	cu_context context;
	cu_stream stream;
	cu_function kernel[16]; /* in the order of gpu.c's list */
	cu_address flush;       /* twice flush_bytes */
	size_t flush_bytes;     /* twice the L2 cache */
	size_t local_bytes;     /* of local memory that gpu_scrub overwrites */
	cu_address result;      /* of small sums, for the functions that wait */
	cu_address bitmap;      /* gpu_count_rows's; bitmap_words: its room */
	uint64_t bitmap_words;
	uint32_t *gate; /* the host's side of hold */
	cu_address gate_address;
	uint32_t ticket;
	cu_event before, after;
};

/* Opens the device and loads build/device.fatbin. */
int gpu_open(struct gpu *g, struct fault *f);

/* Elements first (a multiple of 4) to first + n - 1 of a random tensor. */
int gpu_generate(struct gpu *g, enum dtype t, cu_address out, uint64_t first,
                 uint64_t n, const struct random_form *form, uint64_t seed,
                 uint64_t stream, struct fault *f);
int gpu_poison(struct gpu *g, cu_address out, uint64_t bytes, uint64_t seed,
               uint64_t stream, struct fault *f);
int gpu_touch(struct gpu *g, cu_address in, uint64_t bytes, struct fault *f);

/* Overwrites all shared memory, and the local memory of every thread that can
 * be resident: the stack's limit, or what gpu_local asked for if that is more.
 */
int gpu_scrub(struct gpu *g, uint32_t seed, struct fault *f);
int gpu_local(struct gpu *g, size_t bytes, struct fault *f);

/* Empties the L2 cache. What a kernel has asked to be kept there goes at once,
 * so that the kernel must have ended. */
int gpu_flush(struct gpu *g, struct fault *f);

/* Holds the stream until gpu_release, so that what the host enqueues meanwhile
 * runs without gaps. Enqueue less than the driver's queue takes (1000). */
int gpu_hold(struct gpu *g, struct fault *f);
void gpu_release(struct gpu *g);

/* Waits for the stream. */
int gpu_wait(struct gpu *g, struct fault *f);

/* The time between the events before and after, once both have happened. */
int gpu_elapsed_ns(struct gpu *g, int64_t *ns, struct fault *f);

/* These wait. */
int gpu_count_nonzero(struct gpu *g, cu_address in, uint64_t bytes,
                      uint64_t *count, struct fault *f);

/* How many of so many rows an index names. */
int gpu_count_rows(struct gpu *g, int is_int64, cu_address index, uint64_t n,
                   uint64_t rows, uint64_t *count, struct fault *f);
int gpu_count_different(struct gpu *g, cu_address a, cu_address b,
                        uint64_t bytes, uint64_t *count, struct fault *f);

/* Looks at an output's red zones and compares it (it lies RED_ZONE bytes into
 * its slot), or what is made of it, with what was expected, into *result in
 * device memory, which gpu_check_begin made ready. */
struct gpu_output {
	enum dtype dtype; /* of what is compared */
	uint64_t elements, bytes, slot_bytes;
	cu_address slot, compared, expected;
	uint64_t seed, stream; /* of the poison */
};
int gpu_check_begin(struct gpu *g, cu_address result, uint32_t n,
                    struct fault *f);
int gpu_check(struct gpu *g, const struct gpu_output *o,
              const struct check_rule *rule, cu_address result,
              struct fault *f);

/* Measures a copy's bandwidth (read and written), waiting. */
int gpu_bandwidth(struct gpu *g, double *bytes_per_ns, struct fault *f);

/* The time of nothing between two events: the median of some. Waits. */
int gpu_anchor(struct gpu *g, int64_t *ns, struct fault *f);

#endif
