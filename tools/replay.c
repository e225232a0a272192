/* replay - executes the calls of a plan with the kernel's device code */
#include "replay.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define PORTABLE_CLUSTER 8
#define MAX_ATTRIBUTES 6
#define PROGRAMMATIC_EDGE 1

/* The most dynamic shared memory that any node wants of the function. */
static int prepare(const struct plan_kernel *k, cu_function fn, struct fault *f)
{
	uint32_t blocks = k->cluster[0] * k->cluster[1] * k->cluster[2];
	int most = 0;

	if (CU(cuFuncGetAttribute(&most, CU_FUNC_MAX_DYNAMIC_SHARED, fn), f))
		return -1;
	if ((int)k->shared_bytes > most &&
	    CU(cuFuncSetAttribute(fn, CU_FUNC_MAX_DYNAMIC_SHARED,
	                          (int)k->shared_bytes),
	       f))
		return -1;
	if (k->carveout >= 0 &&
	    CU(cuFuncSetAttribute(fn, CU_FUNC_CARVEOUT, k->carveout), f))
		return -1;
	if (blocks > PORTABLE_CLUSTER &&
	    CU(cuFuncSetAttribute(fn, CU_FUNC_NON_PORTABLE_CLUSTER, 1), f))
		return -1;
	return 0;
}

static int find_functions(struct replay *r, uint32_t call, cu_module module,
                          struct fault *f)
{
	const struct plan_call *c = &r->plan->call[call];

	r->function[call] = xcalloc(c->nodes, sizeof *r->function[call]);
	for (uint32_t i = 0; i < c->nodes; i++) {
		const struct plan_kernel *k = &c->node[i].kernel;
		cu_function *fn = &r->function[call][i];

		if (c->node[i].kind != PLAN_KERNEL)
			continue;
		if (cuda.cuModuleGetFunction(fn, module, k->name))
			return fault_set(f, "the device code has no kernel %s",
			                 k->name);
		if (prepare(k, *fn, f))
			return -1;
	}
	return 0;
}

int replay_open(struct replay *r, const struct plan *p, cu_module module,
                cu_context context, cu_stream stream, struct fault *f)
{
	r->plan = p;
	r->context = context;
	r->stream = stream;
	r->function = xcalloc(p->calls, sizeof *r->function);
	r->graph = xcalloc(p->calls, sizeof *r->graph);
	for (uint32_t i = 0; i < p->calls; i++)
		if (find_functions(r, i, module, f))
			return -1;
	return 0;
}

static void add_number(struct cu_attribute *a, uint32_t *n, int id, int value)
{
	if (!value)
		return;
	a[*n].id = id;
	a[(*n)++].value.number = value;
}

static void add_dim(struct cu_attribute *a, uint32_t *n, int id,
                    const uint32_t dim[3])
{
	if (!dim[0])
		return;
	a[*n].id = id;
	memcpy(a[(*n)++].value.dim, dim, 3 * sizeof *dim);
}

static uint32_t attributes(const struct plan_kernel *k,
                           struct cu_attribute a[MAX_ATTRIBUTES])
{
	uint32_t n = 0;

	memset(a, 0, MAX_ATTRIBUTES * sizeof *a);
	add_dim(a, &n, CU_ATTR_CLUSTER, k->cluster);
	add_dim(a, &n, CU_ATTR_PREFERRED_CLUSTER, k->preferred_cluster);
	add_number(a, &n, CU_ATTR_CLUSTER_POLICY, (int)k->cluster_policy);
	add_number(a, &n, CU_ATTR_COOPERATIVE, k->cooperative != 0);
	add_number(a, &n, CU_ATTR_PRIORITY, k->priority);
	return n;
}

static int launch_kernel(struct replay *r, const struct plan_kernel *k,
                         cu_function fn, int programmatic, struct fault *f)
{
	struct cu_attribute a[MAX_ATTRIBUTES];
	size_t bytes = k->param_bytes;
	void *extra[] = {CU_PARAM_BUFFER, (void *)(uintptr_t)k->params,
	                 CU_PARAM_BUFFER_SIZE, &bytes, CU_PARAM_END};
	struct cu_launch l;

	memset(&l, 0, sizeof l);
	memcpy(l.grid, k->grid, sizeof l.grid);
	memcpy(l.block, k->block, sizeof l.block);
	l.shared_bytes = k->shared_bytes;
	l.stream = r->stream;
	l.attribute = a;
	l.attributes = attributes(k, a);
	add_number(a, &l.attributes, CU_ATTR_PROGRAMMATIC, programmatic);
	return CU(cuLaunchKernelEx(&l, fn, NULL, bytes ? extra : NULL), f);
}

static int enqueue_memset(struct replay *r, const struct plan_memset *m,
                          struct fault *f)
{
	if (m->element_bytes == 1)
		return CU(cuMemsetD2D8Async(m->dst, m->pitch,
		                            (unsigned char)m->value, m->width,
		                            m->height, r->stream),
		          f);
	if (m->element_bytes == 2)
		return CU(cuMemsetD2D16Async(m->dst, m->pitch,
		                             (unsigned short)m->value, m->width,
		                             m->height, r->stream),
		          f);
	return CU(cuMemsetD2D32Async(m->dst, m->pitch, m->value, m->width,
	                             m->height, r->stream),
	          f);
}

static int enqueue_chain(struct replay *r, uint32_t call, struct fault *f)
{
	const struct plan_call *c = &r->plan->call[call];
	int status = 0;

	for (uint32_t i = 0; !status && i < c->nodes; i++) {
		const struct plan_node *n = &c->node[i];
		int programmatic =
		        i && c->edge[i - 1].type == PROGRAMMATIC_EDGE;

		if (n->kind == PLAN_KERNEL)
			status = launch_kernel(r, &n->kernel,
			                       r->function[call][i],
			                       programmatic, f);
		else if (n->kind == PLAN_MEMSET)
			status = enqueue_memset(r, &n->memset, f);
		else if (n->kind == PLAN_COPY)
			status = CU(cuMemcpyDtoDAsync(n->copy.dst, n->copy.src,
			                              n->copy.bytes, r->stream),
			            f);
	}
	return status;
}

static int add_kernel(struct replay *r, cu_graph graph,
                      const struct plan_kernel *k, cu_function fn,
                      cu_node *node, struct fault *f)
{
	struct cu_attribute a[MAX_ATTRIBUTES];
	uint32_t n = attributes(k, a);
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

/* The nodes that nothing of their own call waits for. */
struct tail {
	cu_node node[PLAN_MAX_NODES];
	uint32_t count;
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
	struct tail next;

	for (uint32_t e = 0; e < c->edges; e++) {
		waits[c->edge[e].to] = 1;
		awaited[c->edge[e].from] = 1;
	}
	next.count = 0;
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
	if (!status)
		status = CU(cuGraphInstantiate(out, graph, 0), f);
	cuda.cuGraphDestroy(graph);
	return status;
}

int replay_call(struct replay *r, uint32_t call, struct fault *f)
{
	if (r->plan->call[call].is_chain)
		return enqueue_chain(r, call, f);
	if (!r->graph[call] && replay_graph(r, &call, 1, &r->graph[call], f))
		return -1;
	return CU(cuGraphLaunch(r->graph[call], r->stream), f);
}
