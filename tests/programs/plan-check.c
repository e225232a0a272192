/* plan-check - plans are read as they were written, and not otherwise
 *
 * Every check that fails is a line on standard output; exit 1 if any does.
 */
#include "layout.h"
#include "memory.h"
#include "plan.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures;

static void expect(int holds, const char *what)
{
	if (holds)
		return;
	printf("%s\n", what);
	failures++;
}

static struct layout *make_layout(void)
{
	struct layout *l = xcalloc(1, sizeof *l);

	l->workloads = 1;
	l->sets = 2;
	for (int i = 0; i < ARENAS; i++) {
		l->arena[i] = ARENA_BASE + (uint64_t)i * ARENA_GAP;
		l->arena_bytes[i] = ARENA_GRANULE;
	}
	return l;
}

/* A kernel, then a memset and a copy that both wait for it. */
static struct plan *make_plan(const struct layout *l)
{
	struct plan *p = plan_new(2);

	for (uint32_t i = 0; i < 2; i++) {
		struct plan_call *c = &p->call[i];
		struct plan_kernel kernel = {.name = "k",
		                             .grid = {3, 2, 1},
		                             .block = {128, 1, 1},
		                             .cluster = {1, 2, 1},
		                             .shared_bytes = 102400,
		                             .carveout = -1,
		                             .param_bytes = 5,
		                             .params = "12345"};

		c->nodes = 3;
		c->edges = 2;
		c->node = xcalloc(3, sizeof *c->node);
		c->edge = xcalloc(2, sizeof *c->edge);
		c->node[0] = (struct plan_node){.kind = PLAN_KERNEL};
		c->node[0].kernel = kernel;
		c->node[1] = (struct plan_node){.kind = PLAN_MEMSET};
		c->node[1].memset =
		        (struct plan_memset){.dst = l->arena[ARENA_OUTPUT],
		                             .pitch = 64,
		                             .width = 16,
		                             .height = 1,
		                             .value = 7,
		                             .element_bytes = 4};
		c->node[2] = (struct plan_node){.kind = PLAN_COPY};
		c->node[2].copy =
		        (struct plan_copy){.dst = l->arena[ARENA_OUTPUT] + 64,
		                           .src = l->arena[ARENA_INPUT],
		                           .bytes = 256};
		c->edge[0] = (struct plan_edge){.from = 0, .to = 1};
		c->edge[1] = (struct plan_edge){.from = 0, .to = 2};
	}
	p->scratch_bytes = 4096;
	p->modules = 2;
	p->module = xcalloc(2, sizeof *p->module);
	p->module[0] = (struct plan_module){"cubin", 5};
	p->module[1] = (struct plan_module){"", 0};
	p->call[1].node[0].kernel.module = 2;
	return p;
}

static int is_read(const struct plan *p, const struct layout *l)
{
	struct fault f;
	size_t len;
	void *data = plan_encode(p, &len);
	struct plan *again = plan_decode(data, len, l, &f);
	int read = again != NULL;

	plan_free(again);
	free(data);
	return read;
}

static void check_round_trip(const struct plan *p, const struct layout *l)
{
	struct fault f;
	size_t len, other_len;
	void *data = plan_encode(p, &len), *other;
	struct plan *again = plan_decode(data, len, l, &f);

	expect(again != NULL, "a plan is not read again");
	if (again) {
		other = plan_encode(again, &other_len);
		expect(other_len == len && !memcmp(data, other, len),
		       "a plan changes when it is written again");
		expect(!again->call[0].is_chain, "a fork is taken for a chain");
		expect(again->call[1].node[0].kernel.module == 2 &&
		               !memcmp(again->module[0].image, "cubin", 5),
		       "device code is not read again");
		free(other);
	}
	plan_free(again);
	free(data);
}

/* No piece of a plan is one, and no changed byte makes the reader fall. */
static void check_damage(const struct plan *p, const struct layout *l)
{
	struct fault f;
	size_t len;
	unsigned char *data = plan_encode(p, &len);

	for (size_t i = 0; i < len; i++) {
		unsigned char *piece = xcalloc(i + 1, 1);

		memcpy(piece, data, i);
		expect(!plan_decode(piece, i, l, &f), "a piece is read");
		free(piece);
		for (int bit = 0; bit < 8; bit++) {
			data[i] ^= (unsigned char)(1 << bit);
			plan_free(plan_decode(data, len, l, &f));
			data[i] ^= (unsigned char)(1 << bit);
		}
	}
	free(data);
}

static void check_refusals(struct plan *p, const struct layout *l)
{
	struct plan_call *c = &p->call[1];
	struct plan_copy *copy = &c->node[2].copy;
	struct plan_memset *set = &c->node[1].memset;
	uint64_t end = l->arena[ARENA_OUTPUT] + ARENA_GRANULE;

	c->node[0].kernel.module = 3;
	expect(!is_read(p, l), "a kernel of no module is read");
	c->node[0].kernel.module = 2;
	p->module[1].len = PLAN_MAX_BYTES;
	p->modules = 1;
	expect(!is_read(p, l), "a kernel of a module that is gone is read");
	p->modules = 2;
	p->module[1].len = 0;
	copy->dst = end - 255;
	expect(!is_read(p, l), "a copy beyond an arena is read");
	copy->dst = end - 256;
	expect(is_read(p, l), "a copy to the end of an arena is refused");
	copy->src = 4096;
	expect(!is_read(p, l), "a copy from nobody's memory is read");
	copy->src = l->arena[ARENA_INPUT];
	copy->bytes = UINT64_MAX;
	expect(!is_read(p, l), "a copy of everything is read");
	copy->bytes = 256;
	set->height = 2;
	set->pitch = UINT64_MAX - 7;
	expect(!is_read(p, l), "a memset of endless rows is read");
	set->pitch = ARENA_GRANULE;
	expect(!is_read(p, l), "a memset whose second row is outside is read");
	set->pitch = 64;
	expect(is_read(p, l), "a memset of two rows is refused");
	set->element_bytes = 3;
	expect(!is_read(p, l), "a memset of 3-byte elements is read");
	set->element_bytes = 4;
	c->edge[1].from = 2;
	expect(!is_read(p, l), "an edge to itself is read");
	c->edge[1].from = 0;
	c->edge[1].to = 3;
	expect(!is_read(p, l), "an edge to nothing is read");
	c->edge[1].to = 2;
	p->scratch_bytes = ARENA_GRANULE + 1;
	expect(!is_read(p, l), "more scratch than there is is read");
	p->scratch_bytes = 0;
	c->nodes = 0;
	expect(!is_read(p, l), "a call of nothing is read");
	c->nodes = 3;
}

int main(void)
{
	struct layout *l = make_layout();
	struct plan *p = make_plan(l);

	check_round_trip(p, l);
	check_damage(p, l);
	check_refusals(p, l);
	plan_free(p);
	free(l);
	return failures != 0;
}
