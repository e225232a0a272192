/* plan - what a kernel's host code launches, without that host code
 *
 * The capture process writes a plan: for every call (one input set of one
 * workload) the nodes of the captured graph and its edges, and the device code
 * that was not built before, but compiled while it ran, as Triton does.
 * Launchers execute it. The bytes come from a process that ran a stranger's
 * code, so the reader bounds every number; what a plan says may be false in any
 * other way.
 */
#ifndef PLAN_H
#define PLAN_H

#include "fault.h"
#include "layout.h"

#include <stddef.h>
#include <stdint.h>

#define PLAN_MAX_BYTES ((size_t)16 << 20) /* of the file */
#define PLAN_MAX_NODES 256                /* of a call */
#define PLAN_MAX_PARAMS 32764             /* the driver's own limit */
#define PLAN_MAX_MODULES 256

/* How capture ends, if not well. */
#define CAPTURE_UNSUPPORTED 1
#define CAPTURE_LAUNCH_ERROR 3 /* when it ran the kernel to warm up */

enum plan_kind { PLAN_KERNEL, PLAN_MEMSET, PLAN_COPY, PLAN_EMPTY };

struct plan_kernel {
	const char *name;
	uint32_t module; /* 0: what was built; else the plan's, from 1 on */
	uint32_t grid[3], block[3];
	uint32_t cluster[3]; /* 0: none asked for at the launch */
	uint32_t preferred_cluster[3];
	uint32_t shared_bytes; /* dynamic */
	uint32_t cooperative, cluster_policy;
	int32_t priority, carveout; /* carveout -1: the driver's choice */
	uint32_t param_bytes;
	const void *params;
};

struct plan_memset {
	uint64_t dst, pitch, width, height; /* width in elements */
	uint32_t value, element_bytes;
};

struct plan_copy {
	uint64_t dst, src, bytes;
};

struct plan_node {
	enum plan_kind kind;
	union {
		struct plan_kernel kernel;
		struct plan_memset memset;
		struct plan_copy copy;
	};
};

struct plan_edge {
	uint32_t from, to; /* indices of nodes; from < to */
	uint8_t from_port, to_port, type;
};

struct plan_call {
	uint32_t nodes, edges;
	struct plan_node *node; /* in an order in which they can run */
	struct plan_edge *edge;
	int is_chain; /* each node waits for the one before it alone */
};

struct plan_module {
	const void *image; /* a cubin */
	uint32_t len;
};

struct plan {
	uint32_t calls, modules;
	struct plan_module *module;
	uint64_t scratch_bytes, zeroed_bytes; /* the most that a call took */
	struct plan_call *call;
	void *owned; /* names, parameters, images of a plan that was read */
};

/* A plan of that many empty calls. */
struct plan *plan_new(uint32_t calls);
void plan_free(struct plan *p);

/* The bytes of a plan file; caller frees. */
void *plan_encode(const struct plan *p, size_t *len);

/* Reads what plan_encode made, for this layout: every call has nodes; memsets
 * and copies stay within the arenas; edges lead forward. Returns NULL with the
 * fault set. */
struct plan *plan_decode(const void *data, size_t len, const struct layout *l,
                         struct fault *f);

#endif
