/* capture - records what a kernel's host code launches (not for people)
 *
 * This process runs a stranger's code. What it writes is bounded and checked
 * by those who read it; that it ends well means nothing.
 */
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
#include <unistd.h>

/* The descriptors that it is started with. */
enum { LAYOUT_FD = 3, PLAN_FD, KERNEL_FD };

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

/* Once to warm up, once under capture. */
static int capture_call(ratchet_kernel *run, const struct layout *l,
                        const struct layout_arg *a, struct plan_call *out,
                        struct fault *f)
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
	failed = kernel_call(run, a, l->args, 0, 0, f);
	if (CU(cuStreamEndCapture(stream, &graph), &ended) || !graph)
		return failed ? -1
		              : fault_set(f,
		                          "what run does cannot be captured "
		                          "(%s): it may only enqueue work "
		                          "on the given stream",
		                          ended.text);
	if (!failed)
		failed = graph_read(graph, out, f);
	cuda.cuGraphDestroy(graph);
	return failed;
}

static struct plan *capture(const struct layout *l, struct fault *f)
{
	char path[32];
	struct cuda_device device;
	cu_context context;
	cu_stream stream;
	ratchet_kernel *run;
	struct plan *p;

	if (cuda_open(&device, &context, f) ||
	    CU(cuStreamCreate(&stream, CU_STREAM_ASYNC), f) ||
	    make_decoys(l, f))
		return NULL;
	hooks.stream = stream;
	snprintf(path, sizeof path, "/proc/self/fd/%d", KERNEL_FD);
	run = kernel_load(path, f);
	if (!run)
		return NULL;
	p = plan_new(l->workloads * l->sets);
	for (uint32_t i = 0; i < p->calls; i++)
		if (capture_call(run, l,
		                 layout_call(l, i / l->sets, i % l->sets),
		                 &p->call[i], f))
			return NULL;
	p->scratch_bytes = hooks.scratch_used;
	p->zeroed_bytes = hooks.zeroed_used;
	return p;
}

int main(int argc, char **argv)
{
	struct fault f = {""};
	const struct layout *l;
	struct plan *p;
	size_t len;
	char *data;

	tool_start();
	if (argc != 1)
		errx(EXIT_TROUBLE, "%s: judge alone starts this program",
		     argv[1]);
	l = layout_import(LAYOUT_FD, &f);
	p = l ? capture(l, &f) : NULL;
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
