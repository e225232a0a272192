/* graph - reads a captured CUDA graph as a call of a plan */
#include "graph.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char *node_name(enum cu_node_type t)
{
	static const char *const name[] = {
	        [CU_NODE_HOST] = "a host function",
	        [CU_NODE_GRAPH] = "a child graph",
	        [CU_NODE_WAIT_EVENT] = "a wait for an event from outside",
	        [CU_NODE_EVENT_RECORD] = "an event for the outside",
	        [CU_NODE_SIGNAL] = "a semaphore's signal",
	        [CU_NODE_WAIT] = "a wait for a semaphore",
	        [CU_NODE_MEM_ALLOC] = "a memory allocation (use scratch())",
	        [CU_NODE_MEM_FREE] = "a release of memory (use scratch())",
	        [CU_NODE_BATCH_MEM_OP] = "a memory operation of the stream",
	        [CU_NODE_CONDITIONAL] = "a conditional node",
	};

	if (t < 0 || (size_t)t >= sizeof name / sizeof *name || !name[t])
		return "a node of an unknown kind";
	return name[t];
}

/* The parameters as the one block of bytes that the kernel sees. */
static int read_params(const struct cu_kernel_params *p, cu_function fn,
                       struct plan_kernel *k, struct fault *f)
{
	unsigned char *block = xcalloc(PLAN_MAX_PARAMS, 1);
	size_t end = 0, offset, size;

	k->params = block;
	for (size_t i = 0; p->extra && p->extra[i] != CU_PARAM_END; i += 2) {
		if (p->extra[i] == CU_PARAM_BUFFER_SIZE)
			end = *(const size_t *)p->extra[i + 1];
		if (end > PLAN_MAX_PARAMS)
			return fault_set(f, "%s: %zu bytes of parameters",
			                 k->name, end);
	}
	for (size_t i = 0; p->extra && p->extra[i] != CU_PARAM_END; i += 2)
		if (p->extra[i] == CU_PARAM_BUFFER)
			memcpy(block, p->extra[i + 1], end);
	for (size_t i = 0; p->params; i++) {
		if (cuda.cuFuncGetParamInfo(fn, i, &offset, &size))
			break;
		if (offset > PLAN_MAX_PARAMS || size > PLAN_MAX_PARAMS - offset)
			return fault_set(f, "%s: parameter %zu is too large",
			                 k->name, i);
		memcpy(block + offset, p->params[i], size);
		if (offset + size > end)
			end = offset + size;
	}
	k->param_bytes = (uint32_t)end;
	return 0;
}

static union cu_attribute_value attribute(cu_node node, int id)
{
	union cu_attribute_value v;

	memset(&v, 0, sizeof v);
	if (cuda.cuGraphKernelNodeGetAttribute(node, id, &v))
		memset(&v, 0, sizeof v);
	return v;
}

static int read_attributes(cu_node node, cu_function fn, struct plan_kernel *k,
                           struct fault *f)
{
	union cu_attribute_value v;
	int carveout = -1;

	v = attribute(node, CU_ATTR_CLUSTER);
	memcpy(k->cluster, v.dim, sizeof k->cluster);
	v = attribute(node, CU_ATTR_PREFERRED_CLUSTER);
	memcpy(k->preferred_cluster, v.dim, sizeof k->preferred_cluster);
	k->cluster_policy =
	        (uint32_t)attribute(node, CU_ATTR_CLUSTER_POLICY).number;
	k->cooperative = attribute(node, CU_ATTR_COOPERATIVE).number != 0;
	k->priority = attribute(node, CU_ATTR_PRIORITY).number;
	if (cuda.cuFuncGetAttribute(&carveout, CU_FUNC_CARVEOUT, fn))
		carveout = -1;
	k->carveout = carveout;
	if (attribute(node, CU_ATTR_DEVICE_UPDATABLE).number)
		return fault_set(f, "%s: a node that the device may update",
		                 k->name);
	v = attribute(node, CU_ATTR_ACCESS_POLICY);
	if (v.policy.bytes)
		return fault_set(f, "%s: an access policy window of the L2",
		                 k->name);
	return 0;
}

/* Which of the modules the kernel is from. */
static int read_module(cu_function fn, const struct graph_modules *m,
                       struct plan_kernel *k, struct fault *f)
{
	cu_module of = NULL;

	if (!m)
		return 0;
	cuda.cuFuncGetModule(&of, fn);
	while (of && k->module < m->count)
		if (m->handle[k->module++] == of)
			return 0;
	return fault_set(f,
	                 "%.100s: a kernel of a library (PyTorch's own?): "
	                 "only Triton's can be captured",
	                 k->name);
}

static int read_kernel(cu_node node, const struct graph_modules *m,
                       struct plan_kernel *k, struct fault *f)
{
	struct cu_kernel_params p;
	cu_function fn;
	const char *name;

	memset(&p, 0, sizeof p);
	if (CU(cuGraphKernelNodeGetParams(node, &p), f))
		return -1;
	fn = p.function;
	if (!fn && CU(cuKernelGetFunction(&fn, p.kernel), f))
		return -1;
	if (CU(cuFuncGetName(&name, fn), f))
		return -1;
	k->name = xstrdup(name);
	memcpy(k->grid, p.grid, sizeof k->grid);
	memcpy(k->block, p.block, sizeof k->block);
	k->shared_bytes = p.shared_bytes;
	if (read_module(fn, m, k, f) || read_params(&p, fn, k, f))
		return -1;
	return read_attributes(node, fn, k, f);
}

static int read_memset(cu_node node, struct plan_memset *m, struct fault *f)
{
	struct cu_memset_params p;

	memset(&p, 0, sizeof p);
	if (CU(cuGraphMemsetNodeGetParams(node, &p), f))
		return -1;
	m->dst = p.dst;
	m->pitch = p.pitch;
	m->width = p.width;
	m->height = p.height;
	m->value = p.value;
	m->element_bytes = p.element_bytes;
	return 0;
}

/* Where one side of a copy begins, or 0 if that is not on the device. */
static uint64_t copy_address(const struct cu_copy_side *s)
{
	if (s->type != CU_COPY_DEVICE && s->type != CU_COPY_UNIFIED)
		return 0;
	return s->device + s->x + s->y * s->pitch;
}

static int read_copy(cu_node node, struct plan_copy *c, struct fault *f)
{
	struct cu_copy_params p;

	memset(&p, 0, sizeof p);
	if (CU(cuGraphMemcpyNodeGetParams(node, &p), f))
		return -1;
	c->dst = copy_address(&p.dst);
	c->src = copy_address(&p.src);
	if (!c->dst || !c->src)
		return fault_set(f, "a copy from or to the host");
	c->bytes = p.width * p.height * p.depth;
	if (p.depth > 1 || (p.height > 1 &&
	                    (p.src.pitch != p.width || p.dst.pitch != p.width)))
		return fault_set(f, "a copy of rows that are not contiguous");
	return 0;
}

static int read_node(cu_node node, const struct graph_modules *m,
                     struct plan_node *n, struct fault *f)
{
	enum cu_node_type type;

	if (CU(cuGraphNodeGetType(node, &type), f))
		return -1;
	switch (type) {
	case CU_NODE_KERNEL:
		n->kind = PLAN_KERNEL;
		return read_kernel(node, m, &n->kernel, f);
	case CU_NODE_MEMSET:
		n->kind = PLAN_MEMSET;
		return read_memset(node, &n->memset, f);
	case CU_NODE_MEMCPY:
		n->kind = PLAN_COPY;
		return read_copy(node, &n->copy, f);
	case CU_NODE_EMPTY:
		n->kind = PLAN_EMPTY;
		return 0;
	default:
		return fault_set(f, "%s", node_name(type));
	}
}

static size_t index_of(const cu_node *node, size_t n, cu_node wanted)
{
	size_t i = 0;

	while (i < n && node[i] != wanted)
		i++;
	return i;
}

/* Orders nodes so that every edge leads forward: order[i] is the place of
 * node i. Returns -1 if there is a circle. */
static int order_nodes(size_t nodes, const struct plan_edge *edge, size_t edges,
                       uint32_t *order)
{
	uint32_t *waits = xcalloc(nodes, sizeof *waits);
	uint32_t placed = 0, before;

	for (size_t e = 0; e < edges; e++)
		waits[edge[e].to]++;
	do {
		before = placed;
		for (uint32_t i = 0; i < nodes; i++) {
			if (waits[i])
				continue;
			waits[i] = UINT32_MAX;
			order[i] = placed++;
			for (size_t e = 0; e < edges; e++)
				if (edge[e].from == i)
					waits[edge[e].to]--;
		}
	} while (placed > before && placed < nodes);
	free(waits);
	return placed == nodes ? 0 : -1;
}

static int by_target(const void *a, const void *b)
{
	const struct plan_edge *x = a, *y = b;

	if (x->to != y->to)
		return x->to < y->to ? -1 : 1;
	return (x->from > y->from) - (x->from < y->from);
}

static int read_edges(cu_graph graph, const cu_node *node, size_t nodes,
                      struct plan_call *out, struct fault *f)
{
	size_t n = 0;
	cu_node *from, *to;
	struct cu_edge *data;

	if (CU(cuGraphGetEdges(graph, NULL, NULL, NULL, &n), f))
		return -1;
	from = xcalloc(n, sizeof *from);
	to = xcalloc(n, sizeof *to);
	data = xcalloc(n, sizeof *data);
	out->edge = xcalloc(n, sizeof *out->edge);
	out->edges = (uint32_t)n;
	if (n && CU(cuGraphGetEdges(graph, from, to, data, &n), f))
		n = 0;
	for (size_t i = 0; i < n; i++) {
		out->edge[i].from = (uint32_t)index_of(node, nodes, from[i]);
		out->edge[i].to = (uint32_t)index_of(node, nodes, to[i]);
		out->edge[i].from_port = data[i].from_port;
		out->edge[i].to_port = data[i].to_port;
		out->edge[i].type = data[i].type;
	}
	free(from);
	free(to);
	free(data);
	return n == out->edges ? 0 : -1;
}

int graph_read(cu_graph graph, const struct graph_modules *modules,
               struct plan_call *out, struct fault *f)
{
	size_t n = 0;
	cu_node *node;
	uint32_t *order;
	int result = -1;

	if (CU(cuGraphGetNodes(graph, NULL, &n), f))
		return -1;
	if (!n)
		return fault_set(f, "it launches nothing on the given stream");
	if (n > PLAN_MAX_NODES)
		return fault_set(f,
		                 "%zu nodes in a call; at most %d are served",
		                 n, PLAN_MAX_NODES);
	node = xcalloc(n, sizeof *node);
	order = xcalloc(n, sizeof *order);
	out->node = xcalloc(n, sizeof *out->node);
	out->nodes = (uint32_t)n;
	if (CU(cuGraphGetNodes(graph, node, &n), f) ||
	    read_edges(graph, node, n, out, f))
		goto done;
	if (order_nodes(n, out->edge, out->edges, order)) {
		fault_set(f, "a graph with a circle");
		goto done;
	}
	for (size_t i = 0; i < n; i++)
		if (read_node(node[i], modules, &out->node[order[i]], f))
			goto done;
	for (uint32_t e = 0; e < out->edges; e++) {
		out->edge[e].from = order[out->edge[e].from];
		out->edge[e].to = order[out->edge[e].to];
	}
	qsort(out->edge, out->edges, sizeof *out->edge, by_target);
	result = 0;
done:
	free(node);
	free(order);
	return result;
}
