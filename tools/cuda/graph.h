/* graph - reads a captured CUDA graph as a call of a plan */
#ifndef GRAPH_H
#define GRAPH_H

#include "cuda.h"
#include "plan.h"

/* The plan's modules by the driver's names for them, in order; NULL: all
 * kernels are of what was built. */
struct graph_modules {
	cu_module handle[PLAN_MAX_MODULES];
	uint32_t count;
};

/* Returns -1 with the fault set, the node named, if the graph does what a
 * plan cannot: host functions, copies from or to the host, allocations, ... */
int graph_read(cu_graph graph, const struct graph_modules *modules,
               struct plan_call *out, struct fault *f);

#endif
