/* replay_graph - calls of a plan as one CUDA graph */
#include "replay.h"

#include <string.h>

/* The type of an edge whose target waits for the end of its source. */
#define FULL_EDGE 0

static int add_kernel(struct replay *r, cu_graph graph,
                      const struct plan_kernel *k, cu_function fn,
                      cu_node *node, struct fault *f)
{
	struct cu_attribute a[REPLAY_ATTRIBUTES];
	uint32_t n = replay_attributes(k, a);
	size_t bytes = k->param_bytes;
	void *extra[] = {CU_PARAM_BUFFER, (void *)(uintptr_t)k->params,
	                 CU_PARAM_BUFFER_SIZE, &bytes, CU_PARAM_END};
	struct cu_kernel_params p;

	memset(&p, 0, sizeof p);
	p.function = fn;
	memcpy(p.grid, k->grid, sizeof p.grid);
	memcpy(p.block, k->block, sizeof p.block);
	p.shared_bytes = k->shared_bytes;
	p.extra = bytes ? extra : NULL;
	p.context = r->context;
	if (CU(cuGraphAddKernelNode(node, graph, NULL, 0, &p), f))
		return -1;
	for (uint32_t i = 0; i < n; i++)
		if (CU(cuGraphKernelNodeSetAttribute(*node, a[i].id,
		                                     &a[i].value),
		       f))
			return -1;
	return 0;
}

static int add_memset(struct replay *r, cu_graph graph,
                      const struct plan_memset *m, cu_node *node,
                      struct fault *f)
{
	struct cu_memset_params p = {m->dst,           m->pitch, m->value,
	                             m->element_bytes, m->width, m->height};

	return CU(cuGraphAddMemsetNode(node, graph, NULL, 0, &p, r->context),
	          f);
}

static int add_copy(struct replay *r, cu_graph graph, const struct plan_copy *c,
                    cu_node *node, struct fault *f)
{
	struct cu_copy_params p;

	memset(&p, 0, sizeof p);
	p.src.type = p.dst.type = CU_COPY_DEVICE;
	p.src.device = c->src;
	p.dst.device = c->dst;
	p.src.pitch = p.dst.pitch = p.width = c->bytes;
	p.src.height = p.dst.height = p.height = p.depth = 1;
	return CU(cuGraphAddMemcpyNode(node, graph, NULL, 0, &p, r->context),
	          f);
}

static int add_node(struct replay *r, cu_graph graph, uint32_t call,
                    uint32_t index, cu_node *node, struct fault *f)
{
	const struct plan_node *n = &r->plan->call[call].node[index];

	switch (n->kind) {
	case PLAN_KERNEL:
		return add_kernel(r, graph, &n->kernel,
		                  r->function[call][index], node, f);
	case PLAN_MEMSET:
		return add_memset(r, graph, &n->memset, node, f);
	case PLAN_COPY:
		return add_copy(r, graph, &n->copy, node, f);
	default:
		return CU(cuGraphAddEmptyNode(node, graph, NULL, 0), f);
	}
}

/* The nodes whose end nothing of their own call waits for. Other edges than
 * full ones wait for a beginning alone. */
struct tail {
	cu_node node[PLAN_MAX_NODES];
	uint32_t count;
	int is_loose; /* such an edge leaves one of them, or did */
};

static int connect(cu_graph graph, cu_node from, cu_node to,
                   const struct plan_edge *kind, struct fault *f)
{
	struct cu_edge data = {0};

	if (kind) {
		data.from_port = kind->from_port;
		data.to_port = kind->to_port;
		data.type = kind->type;
	}
	return CU(cuGraphAddDependencies(graph, &from, &to, &data, 1), f);
}

/* Makes the nodes that wait for nothing of this call wait for the call
 * before it, and *tail this call's. */
static int join_calls(cu_graph graph, const struct plan_call *c,
                      const cu_node *node, struct tail *tail, struct fault *f)
{
	char waits[PLAN_MAX_NODES] = {0}, awaited[PLAN_MAX_NODES] = {0};
	struct tail next = {.is_loose = tail->is_loose};

	for (uint32_t e = 0; e < c->edges; e++) {
		waits[c->edge[e].to] = 1;
		if (c->edge[e].type == FULL_EDGE)
			awaited[c->edge[e].from] = 1;
		else
			next.is_loose = 1;
	}
	for (uint32_t i = 0; i < c->nodes; i++) {
		for (uint32_t t = 0; !waits[i] && t < tail->count; t++)
			if (connect(graph, tail->node[t], node[i], NULL, f))
				return -1;
		if (!awaited[i])
			next.node[next.count++] = node[i];
	}
	*tail = next;
	return 0;
}

static int add_call(struct replay *r, cu_graph graph, uint32_t call,
                    struct tail *tail, struct fault *f)
{
	const struct plan_call *c = &r->plan->call[call];
	cu_node node[PLAN_MAX_NODES];

	for (uint32_t i = 0; i < c->nodes; i++)
		if (add_node(r, graph, call, i, &node[i], f))
			return -1;
	for (uint32_t e = 0; e < c->edges; e++)
		if (connect(graph, node[c->edge[e].from], node[c->edge[e].to],
		            &c->edge[e], f))
			return -1;
	return join_calls(graph, c, node, tail, f);
}

/* A graph is done when what nothing waits for is done, even if that waited for
 * no more than the beginning of something: so one node waits for everything. */
static int add_end(cu_graph graph, const struct tail *tail, struct fault *f)
{
	cu_node end;

	if (CU(cuGraphAddEmptyNode(&end, graph, NULL, 0), f))
		return -1;
	for (uint32_t t = 0; t < tail->count; t++)
		if (connect(graph, tail->node[t], end, NULL, f))
			return -1;
	return 0;
}

int replay_graph(struct replay *r, const uint32_t *call, uint32_t calls,
                 cu_graph_exec *out, struct fault *f)
{
	cu_graph graph;
	struct tail tail = {.count = 0};
	int status = 0;

	if (CU(cuGraphCreate(&graph, 0), f))
		return -1;
	for (uint32_t i = 0; !status && i < calls; i++)
		status = add_call(r, graph, call[i], &tail, f);
	if (!status && tail.is_loose)
		status = add_end(graph, &tail, f);
	if (!status)
		status = CU(cuGraphInstantiate(out, graph, 0), f);
	cuda.cuGraphDestroy(graph);
	return status;
}
