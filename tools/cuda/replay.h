/* replay - executes the calls of a plan with the kernel's device code */
#ifndef REPLAY_H
#define REPLAY_H

#include "cubin.h"
#include "plan.h"

struct replay {
	const struct plan *plan;
	cu_context context;
	cu_stream stream;
	cu_function **function; /* [call][node] */
	cu_graph_exec *graph;   /* [call]: of those that are no chains */
	size_t local_bytes;     /* the most that a thread of any kernel has */
};

/* Finds every kernel that the plan names, cubin[n] is its module n, and gives
 * it the shared memory and clusters that the plan asks for. -1 with the fault
 * set. */
int replay_open(struct replay *r, const struct plan *p,
                const struct cubin *cubin, cu_context context, cu_stream stream,
                struct fault *f);

/* Enqueues one call. */
int replay_call(struct replay *r, uint32_t call, struct fault *f);

/* One graph of several calls, each after the one before it. The caller
 * destroys it. */
int replay_graph(struct replay *r, const uint32_t *call, uint32_t calls,
                 cu_graph_exec *out, struct fault *f);

/* The attributes of a kernel's launch; how many. */
#define REPLAY_ATTRIBUTES 6
uint32_t replay_attributes(const struct plan_kernel *k,
                           struct cu_attribute a[REPLAY_ATTRIBUTES]);

#endif
