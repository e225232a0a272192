/* capture_calls - records what a kernel's host code launches */
#include "capture_calls.h"
#include "cuda.h"
#include "gpumem.h"
#include "graph.h"
#include "hooks.h"
#include "layout.h"
#include "memory.h"
#include "plan.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The descriptors that it is started with. */
enum { LAYOUT_FD = CAPTURE_FIRST_FD, PLAN_FD, KERNEL_FD };

/* What capture_module was told. */
static struct graph_modules modules;
static struct plan_module image[PLAN_MAX_MODULES];

static int make_decoys(const struct layout *l, struct fault *f)
{
	if (gpumem_reserve(ARENA_BASE, l->span, f))
		return -1;
	for (int i = 0; i < ARENAS; i++)
		if (gpumem_decoy(l->arena_bytes[i], l->arena[i], f))
			return -1;
	hooks.scratch = l->arena[ARENA_SCRATCH];
	hooks.scratch_bytes = l->arena_bytes[ARENA_SCRATCH];
	hooks.zeroed = l->arena[ARENA_ZEROED];
	hooks.zeroed_bytes = l->arena_bytes[ARENA_ZEROED];
	return 0;
}

/* What bridge.h's allocator could not serve, whatever run made of that. */
static int check_memory(struct fault *f)
{
	if (!hooks.lacked)
		return 0;
	return fault_set(f,
	                 "run wants %llu bytes more than the setting scratch "
	                 "allows, %llu",
	                 (unsigned long long)hooks.lacked,
	                 (unsigned long long)hooks.scratch_bytes);
}

/* Once to warm up, once under capture. */
static int capture_call(ratchet_kernel *run, int is_native,
                        const struct layout *l, const struct layout_arg *a,
                        struct plan_call *out, struct fault *f)
{
	cu_stream stream = hooks.stream;
	cu_graph graph = NULL;
	struct fault ended;
	int failed;

	if (kernel_call(run, a, l->args, 0, 0, f))
		return -1;
	if (CU(cuStreamSynchronize(stream), f))
		errx(CAPTURE_LAUNCH_ERROR, "%s", f->text);
	if (CU(cuStreamBeginCapture(stream, CU_CAPTURE_THREAD_LOCAL), f))
		return -1;
	hooks.is_captured = 1;
	failed = kernel_call(run, a, l->args, 0, 0, f);
	hooks.is_captured = 0;
	failed = check_memory(f) || failed ? -1 : 0;
	if (CU(cuStreamEndCapture(stream, &graph), &ended) || !graph)
		return failed ? -1
		              : fault_set(f,
		                          "what run does cannot be captured "
		                          "(%s): it may only enqueue work "
		                          "on the given stream",
		                          ended.text);
	if (!failed)
		failed = graph_read(graph, is_native ? NULL : &modules, out, f);
	cuda.cuGraphDestroy(graph);
	return failed;
}

static ratchet_kernel *load(struct fault *f)
{
	char path[32];

	snprintf(path, sizeof path, "/proc/self/fd/%d", KERNEL_FD);
	return kernel_load(path, f);
}

static struct plan *capture(const struct layout *l, ratchet_kernel *run,
                            struct fault *f)
{
	int is_native = !run;
	struct cuda_device device;
	cu_context context;
	cu_stream stream;
	struct plan *p;

	if (cuda_open(&device, &context, f) ||
	    CU(cuStreamCreate(&stream, CU_STREAM_ASYNC), f) ||
	    make_decoys(l, f))
		return NULL;
	hooks.stream = stream;
	if (is_native && !(run = load(f)))
		return NULL;
	p = plan_new(l->workloads * l->sets);
	for (uint32_t i = 0; i < p->calls; i++)
		if (capture_call(run, is_native, l,
		                 layout_call(l, i / l->sets, i % l->sets),
		                 &p->call[i], f))
			return NULL;
	p->modules = modules.count;
	p->module = image;
	p->scratch_bytes = hooks.scratch_used;
	p->zeroed_bytes = hooks.zeroed_used;
	return p;
}

int capture_module(void *handle, const void *code, size_t len)
{
	char *copy;

	if (modules.count == PLAN_MAX_MODULES || len > PLAN_MAX_BYTES)
		return -1;
	copy = xcalloc(len, 1);
	memcpy(copy, code, len);
	image[modules.count] = (struct plan_module){copy, (uint32_t)len};
	modules.handle[modules.count++] = handle;
	return 0;
}

void capture_calls(ratchet_kernel *run)
{
	struct fault f = {.text = ""};
	const struct layout *l = layout_import(LAYOUT_FD, &f);
	struct plan *p = l ? capture(l, run, &f) : NULL;
	size_t len;
	char *data;

	if (!p)
		errx(CAPTURE_UNSUPPORTED, "%s", f.text);
	data = plan_encode(p, &len);
	for (size_t at = 0; at < len;) {
		ssize_t n = write(PLAN_FD, data + at, len - at);

		if (n < 0)
			err(EXIT_TROUBLE, "plan");
		at += (size_t)n;
	}
	_exit(EXIT_YES); /* no destructors of a stranger's library */
}
