/* side_run - a launcher's requests: reset all state, run calls, time them */
#include "side_run.h"
#include "clock.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

#define BATCHES 3
#define SCRATCH_STREAM 255 /* of the poison; outputs have their index */

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
	start = clock_ns();
	gpu_release(g);
	if (failed || gpu_wait(g, f) || gpu_elapsed_ns(g, &ns, f))
		return -1;
	reply->host_ns += clock_ns() - start;
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

/* Calls back to back, by events and by the clock of this host. */
static int time_batch(struct side *s, const struct wire_request *q,
                      int64_t *time_ns, int64_t *host_ns, struct fault *f)
{
	struct gpu *g = &s->gpu;
	int64_t start = clock_ns();

	if (CU(cuEventRecord(g->before, g->stream), f))
		return -1;
	for (uint32_t i = 0; i < q->calls; i++)
		if (replay_call(&s->replay, call_of(s, q, i % q->count), f))
			return -1;
	if (CU(cuEventRecord(g->after, g->stream), f) || gpu_wait(g, f))
		return -1;
	*host_ns = clock_ns() - start;
	return gpu_elapsed_ns(g, time_ns, f);
}

/* The best of some batches: the one in which the clocks agree most, because a
 * busy host may hold up any of them. */
static int batch(struct side *s, const struct wire_request *q,
                 struct wire_reply *reply, struct fault *f)
{
	for (uint32_t i = 0; i < q->count; i++)
		if (first_call(s, call_of(s, q, i), f))
			return -1;
	for (uint32_t i = 0; i < q->count; i++)
		if (reset(s, q->workload, q->set[i], q->seed + i, MODE_WARM, f))
			return -1;
	if (gpu_wait(&s->gpu, f))
		return -1;
	for (int i = 0; i < BATCHES; i++) {
		int64_t time_ns, host_ns;

		if (time_batch(s, q, &time_ns, &host_ns, f))
			return -1;
		if (i && host_ns - time_ns >= reply->host_ns - reply->time_ns)
			continue;
		reply->time_ns = time_ns;
		reply->host_ns = host_ns;
	}
	return check_zeroed(s, reply, f);
}

void side_perform(struct side *s, const struct wire_request *q,
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
