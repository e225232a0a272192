/* plan - what a kernel's host code launches, without that host code */
#include "plan.h"

#include "bytes.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define MAGIC 0x324e4c50u /* "PLN2" */
#define MAX_NAME 8192
#define MAX_EDGES 4096

struct plan *plan_new(uint32_t calls)
{
	struct plan *p = xcalloc(1, sizeof *p);

	p->calls = calls;
	p->call = xcalloc(calls, sizeof *p->call);
	return p;
}

void plan_free(struct plan *p)
{
	if (!p)
		return;
	for (uint32_t i = 0; i < p->calls; i++) {
		free(p->call[i].node);
		free(p->call[i].edge);
	}
	free(p->call);
	free(p->module);
	free(p->owned);
	free(p);
}

static void put_dim(struct bytes_out *b, const uint32_t dim[3])
{
	for (int i = 0; i < 3; i++)
		put_u32(b, dim[i]);
}

static void put_kernel(struct bytes_out *b, const struct plan_kernel *k)
{
	size_t len = strlen(k->name) + 1;

	put_u32(b, (uint32_t)len);
	put_blob(b, k->name, len);
	put_u32(b, k->module);
	put_dim(b, k->grid);
	put_dim(b, k->block);
	put_dim(b, k->cluster);
	put_dim(b, k->preferred_cluster);
	put_u32(b, k->shared_bytes);
	put_u32(b, k->cooperative);
	put_u32(b, k->cluster_policy);
	put_u32(b, (uint32_t)k->priority);
	put_u32(b, (uint32_t)k->carveout);
	put_u32(b, k->param_bytes);
	put_blob(b, k->params, k->param_bytes);
}

static void put_node(struct bytes_out *b, const struct plan_node *n)
{
	put_u32(b, n->kind);
	if (n->kind == PLAN_KERNEL) {
		put_kernel(b, &n->kernel);
	} else if (n->kind == PLAN_MEMSET) {
		put_u64(b, n->memset.dst);
		put_u64(b, n->memset.pitch);
		put_u64(b, n->memset.width);
		put_u64(b, n->memset.height);
		put_u32(b, n->memset.value);
		put_u32(b, n->memset.element_bytes);
	} else if (n->kind == PLAN_COPY) {
		put_u64(b, n->copy.dst);
		put_u64(b, n->copy.src);
		put_u64(b, n->copy.bytes);
	}
}

void *plan_encode(const struct plan *p, size_t *len)
{
	struct bytes_out b = {0};

	put_u32(&b, MAGIC);
	put_u32(&b, p->calls);
	put_u64(&b, p->scratch_bytes);
	put_u64(&b, p->zeroed_bytes);
	put_u32(&b, p->modules);
	for (uint32_t i = 0; i < p->modules; i++) {
		put_u32(&b, p->module[i].len);
		put_blob(&b, p->module[i].image, p->module[i].len);
	}
	for (uint32_t i = 0; i < p->calls; i++) {
		const struct plan_call *c = &p->call[i];

		put_u32(&b, c->nodes);
		put_u32(&b, c->edges);
		for (uint32_t n = 0; n < c->nodes; n++)
			put_node(&b, &c->node[n]);
		for (uint32_t e = 0; e < c->edges; e++) {
			put_u32(&b, c->edge[e].from);
			put_u32(&b, c->edge[e].to);
			put_u32(&b, c->edge[e].from_port |
			                    (uint32_t)c->edge[e].to_port << 8 |
			                    (uint32_t)c->edge[e].type << 16);
		}
	}
	*len = b.len;
	return b.data;
}

static void get_dim(struct bytes_in *b, uint32_t dim[3])
{
	for (int i = 0; i < 3; i++)
		dim[i] = get_u32(b);
}

/* A launch that the driver would refuse is refused by it, in the launcher;
 * here only what would be read or multiplied before that is bounded. */
static int get_kernel(struct bytes_in *b, uint32_t modules,
                      struct plan_kernel *k)
{
	uint32_t len = get_u32(b);

	k->name = len > MAX_NAME ? NULL : get_blob(b, len);
	if (!k->name || !len || k->name[len - 1] || strlen(k->name) != len - 1)
		return -1;
	k->module = get_u32(b);
	if (k->module > modules)
		return -1;
	get_dim(b, k->grid);
	get_dim(b, k->block);
	get_dim(b, k->cluster);
	get_dim(b, k->preferred_cluster);
	for (int i = 0; i < 3; i++)
		if (k->cluster[i] > 1024 || k->preferred_cluster[i] > 1024)
			return -1;
	k->shared_bytes = get_u32(b);
	k->cooperative = get_u32(b);
	k->cluster_policy = get_u32(b);
	k->priority = (int32_t)get_u32(b);
	k->carveout = (int32_t)get_u32(b);
	k->param_bytes = get_u32(b);
	if (k->shared_bytes > 1 << 20 || k->carveout < -1 ||
	    k->carveout > 100 || k->param_bytes > PLAN_MAX_PARAMS)
		return -1;
	k->params = get_blob(b, k->param_bytes);
	return b->bad ? -1 : 0;
}

static int get_memset(struct bytes_in *b, const struct layout *l,
                      struct plan_memset *m)
{
	uint64_t row;

	m->dst = get_u64(b);
	m->pitch = get_u64(b);
	m->width = get_u64(b);
	m->height = get_u64(b);
	m->value = get_u32(b);
	m->element_bytes = get_u32(b);
	if (b->bad || !m->width || !m->height || m->width > ARENA_MAX ||
	    m->height > ARENA_MAX || m->pitch > ARENA_MAX ||
	    (m->element_bytes != 1 && m->element_bytes != 2 &&
	     m->element_bytes != 4))
		return -1;
	row = m->width * m->element_bytes;
	if (m->height == 1)
		m->pitch = row;
	if (m->pitch < row || m->height - 1 > ARENA_MAX / m->pitch)
		return -1;
	return layout_holds(l, m->dst, (m->height - 1) * m->pitch + row) ? 0
	                                                                 : -1;
}

static int get_copy(struct bytes_in *b, const struct layout *l,
                    struct plan_copy *c)
{
	c->dst = get_u64(b);
	c->src = get_u64(b);
	c->bytes = get_u64(b);
	return !b->bad && c->bytes && layout_holds(l, c->dst, c->bytes) &&
	                       layout_holds(l, c->src, c->bytes)
	               ? 0
	               : -1;
}

static int get_node(struct bytes_in *b, const struct layout *l,
                    uint32_t modules, struct plan_node *n)
{
	uint32_t kind = get_u32(b);

	n->kind = (enum plan_kind)kind;
	switch (kind) {
	case PLAN_KERNEL:
		return get_kernel(b, modules, &n->kernel);
	case PLAN_MEMSET:
		return get_memset(b, l, &n->memset);
	case PLAN_COPY:
		return get_copy(b, l, &n->copy);
	case PLAN_EMPTY:
		return b->bad ? -1 : 0;
	default:
		return -1;
	}
}

static int get_edge(struct bytes_in *b, uint32_t nodes, struct plan_edge *e)
{
	uint32_t kind;

	e->from = get_u32(b);
	e->to = get_u32(b);
	kind = get_u32(b);
	e->from_port = (uint8_t)kind;
	e->to_port = (uint8_t)(kind >> 8);
	e->type = (uint8_t)(kind >> 16);
	return b->bad || e->from >= e->to || e->to >= nodes ? -1 : 0;
}

static int is_chain(const struct plan_call *c)
{
	if (c->edges != c->nodes - 1)
		return 0;
	for (uint32_t i = 0; i < c->edges; i++)
		if (c->edge[i].from != i || c->edge[i].to != i + 1)
			return 0;
	return 1;
}

static int get_call(struct bytes_in *b, const struct layout *l,
                    uint32_t modules, struct plan_call *c, uint32_t index,
                    struct fault *f)
{
	uint32_t nodes = get_u32(b), edges = get_u32(b);

	if (b->bad || !nodes || nodes > PLAN_MAX_NODES || edges > MAX_EDGES)
		return fault_set(f, "plan: call %u: %u nodes and %u edges",
		                 index, nodes, edges);
	c->node = xcalloc(nodes, sizeof *c->node);
	c->edge = xcalloc(edges, sizeof *c->edge);
	c->nodes = nodes;
	c->edges = edges;
	for (uint32_t i = 0; i < nodes; i++)
		if (get_node(b, l, modules, &c->node[i]))
			return fault_set(f,
			                 "plan: call %u: node %u is not "
			                 "within its bounds",
			                 index, i);
	for (uint32_t i = 0; i < edges; i++)
		if (get_edge(b, nodes, &c->edge[i]))
			return fault_set(f,
			                 "plan: call %u: edge %u leads "
			                 "nowhere",
			                 index, i);
	c->is_chain = is_chain(c);
	return 0;
}

static int get_modules(struct bytes_in *b, struct plan *p, struct fault *f)
{
	p->modules = get_u32(b);
	if (b->bad || p->modules > PLAN_MAX_MODULES)
		return fault_set(f, "plan: %u modules of device code",
		                 p->modules);
	p->module = xcalloc(p->modules, sizeof *p->module);
	for (uint32_t i = 0; i < p->modules; i++) {
		p->module[i].len = get_u32(b);
		p->module[i].image = get_blob(b, p->module[i].len);
	}
	return b->bad ? fault_set(f, "plan: device code that is cut off") : 0;
}

struct plan *plan_decode(const void *data, size_t len, const struct layout *l,
                         struct fault *f)
{
	struct plan *p = plan_new(l->workloads * l->sets);
	struct bytes_in b = {0};

	p->owned = xcalloc(len, 1);
	memcpy(p->owned, data, len);
	b.at = p->owned;
	b.left = len;
	if (get_u32(&b) != MAGIC || get_u32(&b) != p->calls) {
		fault_set(f, "plan: not a plan for these workloads");
		goto bad;
	}
	p->scratch_bytes = get_u64(&b);
	p->zeroed_bytes = get_u64(&b);
	if (get_modules(&b, p, f))
		goto bad;
	for (uint32_t i = 0; i < p->calls; i++)
		if (get_call(&b, l, p->modules, &p->call[i], i, f))
			goto bad;
	if (b.bad || b.left ||
	    p->scratch_bytes > l->arena_bytes[ARENA_SCRATCH] ||
	    p->zeroed_bytes > l->arena_bytes[ARENA_ZEROED]) {
		fault_set(f, "plan: its length or its memory is not right");
		goto bad;
	}
	return p;
bad:
	plan_free(p);
	return NULL;
}
