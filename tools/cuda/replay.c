/* replay - executes the calls of a plan with the kernel's device code */
#include "replay.h"

#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define PORTABLE_CLUSTER 8
#define PROGRAMMATIC_EDGE 1

/* The most dynamic shared memory that any node wants of the function. */
static int prepare(struct replay *r, const struct plan_kernel *k,
                   cu_function fn, struct fault *f)
{
	uint32_t blocks = k->cluster[0] * k->cluster[1] * k->cluster[2];
	int most = 0, local = 0;

	if (CU(cuFuncGetAttribute(&most, CU_FUNC_MAX_DYNAMIC_SHARED, fn), f) ||
	    CU(cuFuncGetAttribute(&local, CU_FUNC_LOCAL_BYTES, fn), f))
		return -1;
	if ((size_t)local > r->local_bytes)
		r->local_bytes = (size_t)local;
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

static int find_functions(struct replay *r, uint32_t call,
                          const struct cubin *cubin, struct fault *f)
{
	const struct plan_call *c = &r->plan->call[call];

	r->function[call] = xcalloc(c->nodes, sizeof *r->function[call]);
	for (uint32_t i = 0; i < c->nodes; i++) {
		const struct plan_kernel *k = &c->node[i].kernel;
		cu_function *fn = &r->function[call][i];

		if (c->node[i].kind != PLAN_KERNEL)
			continue;
		if (!cubin[k->module].module ||
		    cuda.cuModuleGetFunction(fn, cubin[k->module].module,
		                             k->name))
			return fault_set(f, "the device code has no kernel %s",
			                 k->name);
		if (prepare(r, k, *fn, f))
			return -1;
	}
	return 0;
}

int replay_open(struct replay *r, const struct plan *p,
                const struct cubin *cubin, cu_context context, cu_stream stream,
                struct fault *f)
{
	r->plan = p;
	r->context = context;
	r->stream = stream;
	r->function = xcalloc(p->calls, sizeof *r->function);
	r->graph = xcalloc(p->calls, sizeof *r->graph);
	for (uint32_t i = 0; i < p->calls; i++)
		if (find_functions(r, i, cubin, f))
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

uint32_t replay_attributes(const struct plan_kernel *k,
                           struct cu_attribute a[REPLAY_ATTRIBUTES])
{
	uint32_t n = 0;

	memset(a, 0, REPLAY_ATTRIBUTES * sizeof *a);
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
	struct cu_attribute a[REPLAY_ATTRIBUTES];
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
	l.attributes = replay_attributes(k, a);
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

int replay_call(struct replay *r, uint32_t call, struct fault *f)
{
	if (r->plan->call[call].is_chain)
		return enqueue_chain(r, call, f);
	if (!r->graph[call] && replay_graph(r, &call, 1, &r->graph[call], f))
		return -1;
	return CU(cuGraphLaunch(r->graph[call], r->stream), f);
}
