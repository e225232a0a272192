/* side - a launcher that runs one kernel's plan: resets, times, hands back */
#include "side.h"

#include "gpu.h"
#include "gpumem.h"
#include "layout.h"
#include "memory.h"
#include "plan.h"
#include "replay.h"
#include "verdict.h"
#include "wire.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SCRATCH_STREAM 255 /* of the poison; outputs have their index */

struct side {
	struct gpu gpu;
	const struct layout *layout;
	struct plan *plan;
	struct cubin cubin;
	struct replay replay;
	uint64_t mapped[ARENAS];
	char *called; /* which calls ran before */
};

/* The whole of an inherited memory file; the caller frees. */
static char *slurp(int fd, size_t *len, struct fault *f)
{
	struct stat st;
	char *data;

	if (fstat(fd, &st)) {
		fault_errno(f, "memory file");
		return NULL;
	}
	*len = (size_t)st.st_size;
	data = xcalloc(*len + 1, 1);
	for (size_t at = 0; at < *len;) {
		ssize_t n = pread(fd, data + at, *len - at, (off_t)at);

		if (n <= 0) {
			fault_errno(f, "memory file");
			free(data);
			return NULL;
		}
		at += (size_t)n;
	}
	return data;
}

/* Backs one arena; exports its memory if fd is not NULL. */
static int map_arena(struct side *s, enum arena a, uint64_t bytes, int access,
                     int *fd, struct fault *f)
{
	cu_memory m;

	s->mapped[a] = bytes;
	if (!bytes)
		return 0;
	if (gpumem_create(bytes, &m, f) ||
	    gpumem_map_at(m, bytes, s->layout->arena[a], access, f))
		return -1;
	if (fd && (*fd = gpumem_export(m, f)) < 0)
		return -1;
	return 0;
}

static uint64_t round_up(uint64_t n)
{
	return (n + ARENA_GRANULE - 1) / ARENA_GRANULE * ARENA_GRANULE;
}

/* What a kernel did not ask for is not mapped. */
static int map_arenas(struct side *s, int writable, int fd[WIRE_FDS],
                      struct fault *f)
{
	const uint64_t *bytes = s->layout->arena_bytes;

	if (gpumem_reserve(ARENA_BASE, s->layout->span, f) ||
	    map_arena(s, ARENA_INPUT, bytes[ARENA_INPUT],
	              writable ? CU_ACCESS_READ_WRITE : CU_ACCESS_READ, &fd[0],
	              f) ||
	    map_arena(s, ARENA_OUTPUT, bytes[ARENA_OUTPUT],
	              CU_ACCESS_READ_WRITE, &fd[1], f) ||
	    map_arena(s, ARENA_SCRATCH, round_up(s->plan->scratch_bytes),
	              CU_ACCESS_READ_WRITE, NULL, f) ||
	    map_arena(s, ARENA_ZEROED, round_up(s->plan->zeroed_bytes),
	              CU_ACCESS_READ_WRITE, NULL, f))
		return -1;
	if (!s->mapped[ARENA_ZEROED])
		return 0;
	return CU(cuMemsetD8Async(s->layout->arena[ARENA_ZEROED], 0,
	                          s->mapped[ARENA_ZEROED], s->gpu.stream),
	          f);
}

/* Loads plan and device code. *reason is set where the kernel is to blame. */
static int load_kernel(struct side *s, const char **reason, struct fault *f)
{
	size_t len;
	char *data = slurp(SIDE_PLAN, &len, f);

	if (!data)
		return -1;
	*reason = REASON_UNSUPPORTED;
	s->plan = plan_decode(data, len, s->layout, f);
	free(data);
	if (!s->plan)
		return -1;
	*reason = NULL;
	data = slurp(SIDE_CUBIN, &len, f);
	if (!data || cubin_load(data, len, &s->cubin, reason, f))
		return -1;
	*reason = REASON_UNSUPPORTED;
	if (replay_open(&s->replay, s->plan, s->cubin.module, s->gpu.context,
	                s->gpu.stream, f))
		return -1;
	*reason = NULL;
	return 0;
}

/* Puts all state that a kernel could remember by back, or out of reach. */
static int reset(struct side *s, uint32_t workload, uint32_t set, uint64_t seed,
                 uint32_t mode, struct fault *f)
{
	const struct layout_arg *a = layout_call(s->layout, workload, set);
	struct gpu *g = &s->gpu;

	if (cubin_restore(&s->cubin, g->stream, f) ||
	    gpu_poison(g, s->layout->arena[ARENA_SCRATCH],
	               s->mapped[ARENA_SCRATCH], seed, SCRATCH_STREAM, f) ||
	    gpu_scrub(g, (uint32_t)seed, f))
		return -1;
	if (mode != MODE_COLD && gpu_flush(g, f))
		return -1;
	for (uint32_t i = 0; i < s->layout->args; i++) {
		if (a[i].is_scalar)
			continue;
		if (a[i].is_output
		            ? gpu_poison(g, a[i].slot, a[i].slot_bytes, seed, i,
		                         f)
		            : mode != MODE_COLD &&
		                      gpu_touch(g, a[i].address, a[i].bytes, f))
			return -1;
	}
	return mode == MODE_COLD ? gpu_flush(g, f) : 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* The kernel's work, from one event to the other, without gaps. */
static int time_held(struct side *s, uint32_t call, cu_graph_exec graph,
                     struct wire_reply *reply, struct fault *f)
{
	struct gpu *g = &s->gpu;
	int64_t start, ns;
	int failed;

	if (gpu_hold(g, f))
		return -1;
	failed = CU(cuEventRecord(g->before, g->stream), f) ||
	         (graph ? CU(cuGraphLaunch(graph, g->stream), f)
	                : replay_call(&s->replay, call, f)) ||
	         CU(cuEventRecord(g->after, g->stream), f);
	start = now_ns();
	gpu_release(g);
	if (failed || gpu_wait(g, f) || gpu_elapsed_ns(g, &ns, f))
		return -1;
	reply->host_ns += now_ns() - start;
	reply->time_ns += ns;
	return 0;
}

/* zeroed() memory must be as it was found. */
static int check_zeroed(struct side *s, struct wire_reply *reply,
                        struct fault *f)
{
	uint64_t dirty = 0;

	if (!s->mapped[ARENA_ZEROED])
		return 0;
	if (gpu_count_nonzero(&s->gpu, s->layout->arena[ARENA_ZEROED],
	                      s->mapped[ARENA_ZEROED], &dirty, f))
		return -1;
	if (dirty) {
		snprintf(reply->reason, sizeof reply->reason, "%s",
		         REASON_SCRATCH_DIRTY);
		snprintf(reply->detail, sizeof reply->detail,
		         "%llu pieces of 16 bytes of zeroed() memory are not "
		         "zero after a call",
		         (unsigned long long)dirty);
	}
	return 0;
}

/* The first time that a call runs it may make the driver grow something, which
 * waits for the device: not behind a held stream. */
static int first_call(struct side *s, uint32_t call, struct fault *f)
{
	if (s->called[call])
		return 0;
	s->called[call] = 1;
	return replay_call(&s->replay, call, f) || gpu_wait(&s->gpu, f) ? -1
	                                                                : 0;
}

static uint32_t call_of(const struct side *s, const struct wire_request *q,
                        uint32_t i)
{
	return q->workload * s->layout->sets + q->set[i];
}

static int measure_calls(struct side *s, const struct wire_request *q,
                         struct wire_reply *reply, struct fault *f)
{
	for (uint32_t i = 0; i < q->count && !*reply->reason; i++) {
		uint32_t call = call_of(s, q, i);

		if (first_call(s, call, f) ||
		    reset(s, q->workload, q->set[i], q->seed + i, q->mode, f) ||
		    time_held(s, call, NULL, reply, f) ||
		    check_zeroed(s, reply, f))
			return -1;
	}
	return 0;
}

/* All calls as one graph, back to back, as in serving. */
static int measure_graph(struct side *s, const struct wire_request *q,
                         struct wire_reply *reply, struct fault *f)
{
	uint32_t call[WIRE_SETS];
	cu_graph_exec graph;
	int status;

	for (uint32_t i = 0; i < q->count; i++) {
		call[i] = call_of(s, q, i);
		if (first_call(s, call[i], f))
			return -1;
	}
	if (replay_graph(&s->replay, call, q->count, &graph, f))
		return -1;
	status = CU(cuGraphLaunch(graph, s->gpu.stream), f);
	for (uint32_t i = 0; !status && i < q->count; i++)
		status = reset(s, q->workload, q->set[i], q->seed + i,
		               MODE_WARM, f);
	if (!status)
		status = time_held(s, 0, graph, reply, f);
	if (!status)
		status = check_zeroed(s, reply, f);
	cuda.cuGraphExecDestroy(graph);
	return status;
}

static int batch(struct side *s, const struct wire_request *q,
                 struct wire_reply *reply, struct fault *f)
{
	struct gpu *g = &s->gpu;
	int64_t start;

	for (uint32_t i = 0; i < q->count; i++)
		if (first_call(s, call_of(s, q, i), f))
			return -1;
	for (uint32_t i = 0; i < q->count; i++)
		if (reset(s, q->workload, q->set[i], q->seed + i, MODE_WARM, f))
			return -1;
	if (gpu_wait(g, f))
		return -1;
	start = now_ns();
	if (CU(cuEventRecord(g->before, g->stream), f))
		return -1;
	for (uint32_t i = 0; i < q->calls; i++)
		if (replay_call(&s->replay, call_of(s, q, i % q->count), f))
			return -1;
	if (CU(cuEventRecord(g->after, g->stream), f) || gpu_wait(g, f) ||
	    gpu_elapsed_ns(g, &reply->time_ns, f))
		return -1;
	reply->host_ns = now_ns() - start;
	return check_zeroed(s, reply, f);
}

static void serve_one(struct side *s, const struct wire_request *q,
                      struct wire_reply *reply)
{
	struct fault f = {""};
	int status = 0;

	if (q->workload >= s->layout->workloads || q->count > WIRE_SETS ||
	    !q->count)
		errx(2, "a request that makes no sense");
	for (uint32_t i = 0; i < q->count; i++)
		if (q->set[i] >= s->layout->sets)
			errx(2, "a request for an input set that is not there");
	if (q->op == WIRE_BATCH)
		status = batch(s, q, reply, &f);
	else if (q->mode == MODE_GRAPH)
		status = measure_graph(s, q, reply, &f);
	else
		status = measure_calls(s, q, reply, &f);
	if (status) {
		snprintf(reply->reason, sizeof reply->reason, "%s",
		         REASON_LAUNCH_ERROR);
		snprintf(reply->detail, sizeof reply->detail, "%.199s", f.text);
	}
}

/* Gets everything ready and answers HELLO. */
static int start(struct side *s, int writable)
{
	struct wire_reply reply;
	struct fault f = {""};
	const char *reason = NULL;
	int fd[WIRE_FDS] = {-1, -1}, failed;

	memset(&reply, 0, sizeof reply);
	failed = !(s->layout = layout_import(SIDE_LAYOUT, &f)) ||
	         gpu_open(&s->gpu, &f) ||
	         gpu_anchor(&s->gpu, &reply.anchor_ns, &f) ||
	         load_kernel(s, &reason, &f) ||
	         map_arenas(s, writable, fd, &f) || gpu_wait(&s->gpu, &f);
	if (failed) {
		reply.fault = !reason;
		snprintf(reply.reason, sizeof reply.reason, "%s",
		         reason ? reason : "");
		snprintf(reply.detail, sizeof reply.detail, "%.199s", f.text);
	} else {
		s->called = xcalloc(s->plan->calls, 1);
	}
	reply.device = s->gpu.device;
	if (wire_send(SIDE_SOCKET, &reply, sizeof reply, fd,
	              failed ? 0 : WIRE_FDS))
		err(2, "judge");
	for (int i = 0; !failed && i < WIRE_FDS; i++)
		close(fd[i]);
	return failed ? -1 : 0;
}

void side_serve(int writable)
{
	struct side s;
	struct wire_request q;
	struct wire_reply reply;

	memset(&s, 0, sizeof s);
	if (start(&s, writable))
		return;
	while (wire_receive(SIDE_SOCKET, &q, sizeof q, NULL, NULL, -1) == 1) {
		memset(&reply, 0, sizeof reply);
		serve_one(&s, &q, &reply);
		if (wire_send(SIDE_SOCKET, &reply, sizeof reply, NULL, 0))
			return;
	}
}
