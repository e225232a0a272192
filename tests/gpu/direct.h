/* direct - a kernel's own host code, called on tensors of a workload
 *
 * For what the judge does not do. Nothing here is jailed, or checked: for
 * kernels that are trusted. What fails ends the program with a message.
 */
#ifndef DIRECT_H
#define DIRECT_H

#include "gpu.h"
#include "hooks.h"
#include "workload.h"

#include <stddef.h>

struct direct {
	struct gpu gpu;
	struct definition *d;
	struct workload_list list;
	const char *list_path;
	ratchet_kernel *run, *inputs; /* the latter of the reference, or NULL */
};

extern struct fault direct_fault;
void direct_must(int failed);

/* Opens the device and loads what argv names: cache, kernel_dir, workloads,
 * build.json, reference.json. Kernels use the device's stream until
 * hooks.stream is another. */
void direct_open(struct direct *b, char *argv[]);

/* How many arguments there are: inputs, then outputs. */
size_t direct_count(const struct direct *b);

/* A workload's arguments, with memory, and inputs with values by a seed; all of
 * it there. To be freed. */
struct layout_arg *direct_arguments(struct direct *b, const struct workload *w,
                                    uint64_t seed);
void direct_free(struct direct *b, struct layout_arg *a);

/* Enqueues a call. -1 with direct_fault set. */
int direct_call(struct direct *b, const struct layout_arg *a);

#endif
