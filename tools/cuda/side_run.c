/* side_run - a launcher's requests: reset all state, run calls, time them */
#include "side_run.h"

#include "clock.h"
#include "gpumem.h"
#include "hooks.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <string.h>

/* Streams of the poison; outputs have their index. */
#define SCRATCH_STREAM 255
#define REST_STREAM 254

int side_show(struct side *s, uint32_t workload, struct fault *f)
{
	uint64_t size = s->layout->output_bytes, used;
	uint64_t to = layout_outputs(s->layout, workload, &used);

	if (s->is_shown && s->shown == workload)
		return 0;
	if (s->is_shown &&
	    CU(cuMemUnmap(layout_outputs(s->layout, s->shown, &used), size), f))
		return -1;
	s->is_shown = 0;
	if (s->graph)
		cuda.cuGraphExecDestroy(s->graph);
	s->graph = NULL;
	if (gpumem_map_at(s->outputs, size, to, CU_ACCESS_READ_WRITE, f))
		return -1;
	s->shown = workload;
	s->is_shown = 1;
	return 0;
}

static int poison_outputs(struct side *s, uint32_t set, uint64_t seed,
                          struct fault *f)
{
	const struct layout_arg *a = layout_call(s->layout, s->shown, set);

	for (uint32_t i = 0; i < s->layout->args; i++)
		if (a[i].is_output &&
		    gpu_poison(&s->gpu, a[i].slot, a[i].slot_bytes, seed, i, f))
			return -1;
	return 0;
}

/* Poisons all memory of outputs but for what the request's first calls wrote,
 * which will be looked at: other sets' slots would be room to remember in. */
static int poison(struct side *s, const struct wire_request *q, uint32_t from,
                  struct fault *f)
{
	uint64_t used, begin = layout_outputs(s->layout, q->workload, &used);

	for (uint32_t set = 0; set < s->layout->sets; set++) {
		uint32_t i = 0;

		while (i < q->count && q->set[i] != set)
			i++;
		if (i >= from && poison_outputs(s, set, q->seed + i, f))
			return -1;
	}
	return gpu_poison(&s->gpu, begin + used, s->layout->output_bytes - used,
	                  q->seed, REST_STREAM, f);
}

/* Brings the inputs of a call to the cache. */
static int warm_up(struct side *s, uint32_t workload, uint32_t set,
                   struct fault *f)
{
	const struct layout_arg *a = layout_call(s->layout, workload, set);

	for (uint32_t i = 0; i < s->layout->args; i++)
		if (!a[i].is_scalar && !a[i].is_output &&
		    gpu_touch(&s->gpu, a[i].address, a[i].bytes, f))
			return -1;
	return 0;
}

/* Before calls from, from + 1, ... of a request: puts all state that a kernel
 * could remember by back, or out of reach. */
static int reset(struct side *s, const struct wire_request *q, uint32_t from,
                 uint32_t calls, uint32_t mode, struct fault *f)
{
	struct gpu *g = &s->gpu;

	if (s->mode == SIDE_CHECKED)
		return 0;
	for (uint32_t i = 0; s->plan && i <= s->plan->modules; i++)
		if (cubin_restore(&s->cubin[i], g->stream, f))
			return -1;
	if (gpu_poison(g, s->layout->arena[ARENA_SCRATCH],
	               s->mapped[ARENA_SCRATCH], q->seed + from, SCRATCH_STREAM,
	               f) ||
	    gpu_scrub(g, (uint32_t)(q->seed + from), f) ||
	    (mode != MODE_COLD && gpu_flush(g, f)) || poison(s, q, from, f))
		return -1;
	for (uint32_t i = from; mode != MODE_COLD && i < from + calls; i++)
		if (warm_up(s, q->workload, q->set[i], f))
			return -1;
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

	if (!s->mapped[ARENA_ZEROED] || s->mode == SIDE_CHECKED)
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

static uint32_t call_of(const struct side *s, const struct wire_request *q,
                        uint32_t i)
{
	return q->workload * s->layout->sets + q->set[i];
}

/* The first time that a call runs it may make the driver grow something, which
 * waits for the device: not behind a held stream. */
static int first_calls(struct side *s, const struct wire_request *q,
                       struct wire_reply *reply, struct fault *f)
{
	for (uint32_t i = 0; i < q->count && !*reply->reason; i++)
		if (reset(s, q, i, 1, MODE_COLD, f) ||
		    replay_call(&s->replay, call_of(s, q, i), f) ||
		    gpu_wait(&s->gpu, f) || check_zeroed(s, reply, f))
			return -1;
	return 0;
}

static int measure_calls(struct side *s, const struct wire_request *q,
                         struct wire_reply *reply, struct fault *f)
{
	for (uint32_t i = 0; i < q->count && !*reply->reason; i++)
		if (reset(s, q, i, 1, q->mode, f) ||
		    time_held(s, call_of(s, q, i), NULL, reply, f) ||
		    check_zeroed(s, reply, f))
			return -1;
	return 0;
}

/* Makes s->graph the request's calls, back to back, as in serving. */
static int make_graph(struct side *s, const struct wire_request *q,
                      struct fault *f)
{
	const struct wire_request *old = &s->graph_of;
	uint32_t call[WIRE_SETS];

	if (s->graph && old->workload == q->workload &&
	    old->count == q->count &&
	    !memcmp(old->set, q->set, q->count * sizeof *q->set))
		return 0;
	if (s->graph)
		cuda.cuGraphExecDestroy(s->graph);
	s->graph = NULL;
	s->graph_of = *q;
	for (uint32_t i = 0; i < q->count; i++)
		call[i] = call_of(s, q, i);
	return replay_graph(&s->replay, call, q->count, &s->graph, f);
}

/* A graph's first launch is not timed, for the same reason. */
static int measure_graph(struct side *s, const struct wire_request *q,
                         struct wire_reply *reply, struct fault *f)
{
	if (make_graph(s, q, f) || reset(s, q, 0, q->count, MODE_WARM, f))
		return -1;
	if (q->op == WIRE_FIRST ? CU(cuGraphLaunch(s->graph, s->gpu.stream),
	                             f) || gpu_wait(&s->gpu, f)
	                        : time_held(s, 0, s->graph, reply, f))
		return -1;
	return check_zeroed(s, reply, f);
}

/* Calls back to back, by events and by the clock of this host. */
static int batch(struct side *s, const struct wire_request *q,
                 struct wire_reply *reply, struct fault *f)
{
	struct gpu *g = &s->gpu;
	int64_t start;

	if (reset(s, q, 0, q->count, MODE_WARM, f) || gpu_wait(g, f))
		return -1;
	start = clock_ns();
	if (CU(cuEventRecord(g->before, g->stream), f))
		return -1;
	for (uint32_t i = 0; i < q->calls; i++)
		if (replay_call(&s->replay, call_of(s, q, i % q->count), f))
			return -1;
	if (CU(cuEventRecord(g->after, g->stream), f) || gpu_wait(g, f))
		return -1;
	reply->host_ns = clock_ns() - start;
	return gpu_elapsed_ns(g, &reply->time_ns, f) ||
	                       check_zeroed(s, reply, f)
	               ? -1
	               : 0;
}

/* What zeroed() has to be is not left to a host's code. */
static int prepare(struct side *s, const struct wire_request *q,
                   struct fault *f)
{
	return CU(cuMemsetD8Async(s->layout->arena[ARENA_ZEROED], 0,
	                          s->mapped[ARENA_ZEROED], s->gpu.stream),
	          f) || reset(s, q, q->first, q->calls, q->mode, f) ||
	                       gpu_wait(&s->gpu, f)
	               ? -1
	               : 0;
}

/* Calls of host code; the judge has the clock. */
static int call_host(struct side *s, const struct wire_request *q,
                     struct fault *f)
{
	for (uint32_t i = q->first; i < q->first + q->calls; i++)
		if (kernel_call(s->run,
		                layout_call(s->layout, q->workload, q->set[i]),
		                s->layout->args, 0, 0, f))
			return -1;
	return gpu_wait(&s->gpu, f);
}

static int perform(struct side *s, const struct wire_request *q,
                   struct wire_reply *reply, struct fault *f)
{
	if (side_show(s, q->workload, f))
		return -1;
	if (s->run)
		return q->op == WIRE_PREPARE ? prepare(s, q, f)
		                             : call_host(s, q, f);
	if (q->op == WIRE_BATCH)
		return batch(s, q, reply, f);
	if (q->mode == MODE_GRAPH)
		return measure_graph(s, q, reply, f);
	return q->op == WIRE_FIRST ? first_calls(s, q, reply, f)
	                           : measure_calls(s, q, reply, f);
}

void side_perform(struct side *s, const struct wire_request *q,
                  struct wire_reply *reply)
{
	struct fault f = {.text = ""};

	if (q->workload >= s->layout->workloads || q->count > WIRE_SETS ||
	    !q->count)
		errx(2, "a request that makes no sense");
	if (q->first > q->count || (s->run && q->calls > q->count - q->first))
		errx(2, "a request for calls that it has not");
	for (uint32_t i = 0; i < q->count; i++)
		if (q->set[i] >= s->layout->sets)
			errx(2, "a request for an input set that is not there");
	if (!perform(s, q, reply, &f))
		return;
	reply->fault = cuda_is_ours(&f);
	snprintf(reply->reason, sizeof reply->reason, "%s",
	         reply->fault ? "" : REASON_LAUNCH_ERROR);
	snprintf(reply->detail, sizeof reply->detail, "%.199s", f.text);
}
