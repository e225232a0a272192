/* reference - the launcher that knows what is right */
#include "reference.h"
#include "reference_parts.h"

#include "file.h"
#include "gpu.h"
#include "gpumem.h"
#include "hooks.h"
#include "job.h"
#include "layout.h"
#include "memory.h"
#include "safetensors.h"
#include "wire.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

uint32_t reference_call(const struct reference *r, uint32_t workload,
                        uint32_t set)
{
	return workload * r->layout->sets + set;
}

/* Brings a stored tensor to the device. */
static int load_stored(struct reference *r, uint32_t workload, uint32_t input,
                       struct fault *f)
{
	const struct input_spec *spec =
	        &r->job->workloads.item[workload].input[input];
	const struct layout_arg *a =
	        &layout_call(r->layout, workload, 0)[input];
	cu_address *out =
	        &r->stored[workload * r->job->definition->ninputs + input];
	const struct safetensor *e;
	struct safetensors file;
	char *dir;
	int status = -1;

	if (spec->kind != INPUT_SAFETENSORS)
		return 0;
	dir = job_file(r->job, "blob");
	if (safetensors_read_beneath(dir, spec->path, &file, f))
		goto done;
	e = safetensors_find(&file, spec->key);
	if (!e || e->bytes != a->bytes || e->dtype != a->dtype)
		fault_set(f, "%s: want %s to be %llu bytes of %s", spec->path,
		          spec->key, (unsigned long long)a->bytes,
		          dtype_name(a->dtype));
	else
		status = CU(cuMemAlloc(out, a->bytes), f) ||
		         CU(cuMemcpyHtoDAsync(*out, e->data, a->bytes,
		                              r->gpu.stream),
		            f) ||
		         gpu_wait(&r->gpu, f);
	safetensors_free(&file);
done:
	free(dir);
	return status;
}

/* What lies between inputs goes to launchers, too: zeros. */
static int allocate_memory(struct reference *r, uint64_t largest,
                           struct fault *f)
{
	const uint64_t *bytes = r->layout->arena_bytes;
	uint64_t results =
	        WIRE_SETS * r->job->definition->noutputs * sizeof(struct check);

	if (CU(cuMemAlloc(&r->expected,
	                  bytes[ARENA_OUTPUT] - r->layout->output_bytes),
	       f) ||
	    CU(cuMemAlloc(&r->input, largest + 256), f) ||
	    CU(cuMemAlloc(&r->arena, bytes[ARENA_INPUT]), f) ||
	    CU(cuMemsetD8Async(r->arena, 0, bytes[ARENA_INPUT], r->gpu.stream),
	       f) ||
	    CU(cuMemAlloc(&r->result, results), f))
		return -1;
	if (hooks.scratch_bytes &&
	    CU(cuMemAlloc(&hooks.scratch, hooks.scratch_bytes), f))
		return -1;
	return CU(cuMemAlloc(&hooks.zeroed, ZEROED_BYTES), f);
}

static int allocate(struct reference *r, struct fault *f)
{
	const struct definition *d = r->job->definition;
	size_t calls = (size_t)r->layout->workloads * r->layout->sets;
	uint64_t largest = 1;

	r->drawn = xcalloc(calls, sizeof *r->drawn);
	r->least_bytes = xcalloc(calls, sizeof *r->least_bytes);
	r->stored = xcalloc(r->job->workloads.count * d->ninputs,
	                    sizeof *r->stored);
	if (r->job->sampling.is)
		r->tally = xcalloc(SIDE_COUNT * r->job->workloads.count,
		                   sizeof *r->tally);
	for (uint32_t w = 0; w < r->layout->workloads; w++) {
		const struct layout_arg *a = layout_call(r->layout, w, 0);
		uint64_t sum = 0;

		for (uint32_t i = 0; i < d->ninputs; i++) {
			if (load_stored(r, w, i, f))
				return -1;
			sum += reference_room(&a[i]);
		}
		if (sum > largest)
			largest = sum;
	}
	hooks.scratch_bytes = r->layout->arena_bytes[ARENA_SCRATCH];
	hooks.zeroed_bytes = ZEROED_BYTES;
	hooks.stream = r->gpu.stream;
	return allocate_memory(r, largest, f);
}

/* Makes one call's values, and runs the trusted reference on them. */
static int expect(struct reference *r, uint32_t workload, uint32_t set,
                  struct fault *f)
{
	return reference_make_inputs(r, workload, set, f) ||
	                       reference_run(r, workload, set, f)
	               ? -1
	               : 0;
}

static int load(struct reference *r, struct fault *f)
{
	char *path = xasprintf("%s/reference.so", r->job->dir);
	int status;

	if (!r->run)
		r->run = kernel_load(path, f);
	status = !r->run || reference_extras(r, path, f) ||
	         reference_allocate_views(r, f);
	free(path);
	return status ? -1 : 0;
}

static int expect_all(struct reference *r, struct fault *f)
{
	for (uint32_t w = 0; w < r->layout->workloads; w++)
		for (uint32_t set = 0; set < r->layout->sets; set++)
			if (expect(r, w, set, f))
				return -1;
	return reference_inputs_agree(r, f);
}

static void drop(struct reference *r, struct adopted *n)
{
	const uint64_t *bytes = r->layout->arena_bytes;

	if (n->input)
		gpumem_unmap(n->input, bytes[ARENA_INPUT]);
	if (n->output)
		gpumem_unmap(n->output, r->layout->output_bytes);
	free(n->counted);
	*n = (struct adopted){.counted = NULL};
}

static int adopt_arena(int fd, uint64_t bytes, cu_address *out, struct fault *f)
{
	cu_memory m;
	int status;

	if (gpumem_import(fd, &m, f))
		return -1;
	status = gpumem_map(m, bytes, out, f);
	cuda.cuMemRelease(m);
	return status;
}

/* Maps a new launcher's memory and fills its inputs. */
static int adopt(struct reference *r, struct adopted *n, uint32_t side,
                 const int *fd, int fds, struct fault *f)
{
	const uint64_t *bytes = r->layout->arena_bytes;

	drop(r, n);
	n->side = side;
	n->counted = xcalloc((size_t)r->layout->workloads * r->layout->sets,
	                     sizeof *n->counted);
	if (fds != WIRE_FDS)
		return fault_set(f, "a launcher without memory");
	if (adopt_arena(fd[0], bytes[ARENA_INPUT], &n->input, f) ||
	    adopt_arena(fd[1], r->layout->output_bytes, &n->output, f))
		return -1;
	return reference_hand_all(r, n, f) || gpu_wait(&r->gpu, f) ? -1 : 0;
}

/* New values for a request's calls, wherever they are. */
static int draw(struct reference *r, const struct wire_request *q,
                struct fault *f)
{
	for (uint32_t i = 0; i < q->count; i++) {
		uint32_t set = q->set[i];

		r->drawn[reference_call(r, q->workload, set)]++;
		if (expect(r, q->workload, set, f))
			return -1;
		for (int k = 0; k < RUNNERS; k++)
			if (r->runner[k].input &&
			    reference_hand_call(r, &r->runner[k], q->workload,
			                        set, f))
				return -1;
	}
	return gpu_wait(&r->gpu, f);
}

static int serve_one(struct reference *r, const struct wire_request *q,
                     const int *fd, int fds, struct wire_reply *reply,
                     struct fault *f)
{
	struct adopted *n = &r->runner[q->runner % RUNNERS];

	if (q->op == WIRE_ADOPT)
		return adopt(r, n, q->side, fd, fds, f);
	if (q->op == WIRE_PROBE)
		return gpu_anchor(&r->gpu, &reply->anchor_ns, f) ||
		       gpu_bandwidth(&r->gpu, &reply->copy_bytes_per_ns, f);
	if (q->op == WIRE_DRAW)
		return draw(r, q, f);
	if (q->op == WIRE_DROP) {
		drop(r, n);
		return 0;
	}
	for (uint32_t i = 0; i < q->count; i++)
		reply->least_bytes += r->least_bytes[reference_call(
		        r, q->workload, q->set[i])];
	if (q->check_inputs && reference_check_inputs(r, n, q, reply, f))
		return -1;
	return reference_check_outputs(r, n, q, reply, f);
}

static int start(struct reference *r, const char *dir, struct wire_reply *reply,
                 struct fault *f)
{
	size_t total;

	if (!(r->job = job_read(dir, f)) ||
	    !(r->layout = layout_make(r->job, f)) || gpu_open(&r->gpu, f) ||
	    gpu_anchor(&r->gpu, &reply->anchor_ns, f) ||
	    gpu_bandwidth(&r->gpu, &reply->copy_bytes_per_ns, f) ||
	    gather_read(r->job, &r->gather, f) || allocate(r, f) ||
	    load(r, f) || expect_all(r, f) ||
	    CU(cuMemGetInfo(&reply->free_bytes, &total), f))
		return -1;
	reply->device = r->gpu.device;
	return 0;
}

void reference_serve(const char *job_dir, ratchet_kernel *run)
{
	static struct reference r;
	struct wire_request q;
	struct wire_reply reply;
	struct fault f = {.text = ""};
	int fd[WIRE_FDS], fds = WIRE_FDS;

	memset(&reply, 0, sizeof reply);
	r.run = run;
	reply.fault = start(&r, job_dir, &reply, &f) != 0;
	while (1) {
		snprintf(reply.detail + strlen(reply.detail),
		         sizeof reply.detail - strlen(reply.detail), "%.199s",
		         f.text);
		if (wire_send(REFERENCE_SOCKET, &reply, sizeof reply, NULL,
		              0) ||
		    wire_receive(REFERENCE_SOCKET, &q, sizeof q, fd, &fds,
		                 -1) != 1)
			return;
		memset(&reply, 0, sizeof reply);
		memset(&f, 0, sizeof f);
		reply.fault = serve_one(&r, &q, fd, fds, &reply, &f) != 0;
		for (int i = 0; i < fds; i++)
			close(fd[i]);
		fds = WIRE_FDS;
	}
}

void probe_serve(void)
{
	struct wire_reply reply;
	struct fault f = {.text = ""};
	struct gpu g;

	memset(&reply, 0, sizeof reply);
	reply.fault = gpu_open(&g, &f) ||
	              gpu_anchor(&g, &reply.anchor_ns, &f) ||
	              gpu_bandwidth(&g, &reply.copy_bytes_per_ns, &f);
	snprintf(reply.detail, sizeof reply.detail, "%.199s", f.text);
	if (wire_send(REFERENCE_SOCKET, &reply, sizeof reply, NULL, 0))
		err(2, "judge");
}
