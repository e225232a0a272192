/* graph - reads a captured CUDA graph as a call of a plan */
#ifndef GRAPH_H
#define GRAPH_H

#include "cuda.h"
#include "plan.h"

/* Returns -1 with the fault set, the node named, if the graph does what a
 * plan cannot: host functions, copies from or to the host, allocations, ... */
int graph_read(cu_graph graph, struct plan_call *out, struct fault *f);

#endif
