/* side - a launcher that runs one kernel's plan: resets, times, hands back */
#include "side.h"

#include "gpumem.h"
#include "hooks.h"
#include "memory.h"
#include "plan.h"
#include "side_run.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

/* Backs one arena; *m is its memory. */
static int map_arena(struct side *s, enum arena a, uint64_t bytes, int access,
                     cu_memory *m, struct fault *f)
{
	s->mapped[a] = bytes;
	if (!bytes)
		return 0;
	if (gpumem_create(bytes, m, f))
		return -1;
	return gpumem_map_at(*m, bytes, s->layout->arena[a], access, f);
}

/* Inputs and outputs, which the reference fills and checks. */
static int map_tensors(struct side *s, int fd[WIRE_FDS], struct fault *f)
{
	int access = s->mode == SIDE_TIMED || s->mode == SIDE_HOST
	                     ? CU_ACCESS_READ
	                     : CU_ACCESS_READ_WRITE;
	cu_memory inputs;

	if (map_arena(s, ARENA_INPUT, s->layout->arena_bytes[ARENA_INPUT],
	              access, &inputs, f) ||
	    gpumem_create(s->layout->output_bytes, &s->outputs, f))
		return -1;
	fd[0] = gpumem_export(inputs, f);
	fd[1] = fd[0] < 0 ? -1 : gpumem_export(s->outputs, f);
	return fd[1] < 0 ? -1 : side_show(s, 0, f);
}

static uint64_t round_up(uint64_t n)
{
	return (n + ARENA_GRANULE - 1) / ARENA_GRANULE * ARENA_GRANULE;
}

/* What a kernel did not ask for is not mapped. */
static int map_arenas(struct side *s, int fd[WIRE_FDS], struct fault *f)
{
	uint64_t scratch =
	        s->run ? hooks.scratch_bytes : s->plan->scratch_bytes;
	uint64_t zeroed = s->run ? hooks.zeroed_bytes : s->plan->zeroed_bytes;
	cu_memory m;

	if (gpumem_reserve(ARENA_BASE, s->layout->span, f) ||
	    map_tensors(s, fd, f) ||
	    map_arena(s, ARENA_SCRATCH, round_up(scratch), CU_ACCESS_READ_WRITE,
	              &m, f) ||
	    map_arena(s, ARENA_ZEROED, round_up(zeroed), CU_ACCESS_READ_WRITE,
	              &m, f))
		return -1;
	if (!s->mapped[ARENA_ZEROED])
		return 0;
	return CU(cuMemsetD8Async(s->layout->arena[ARENA_ZEROED], 0,
	                          s->mapped[ARENA_ZEROED], s->gpu.stream),
	          f);
}

/* Of the plan's modules, from a copy, since in the plan it lies anywhere. */
static int load_module(struct side *s, uint32_t i, const char **reason,
                       struct fault *f)
{
	const struct plan_module *m = &s->plan->module[i];
	char *image = xcalloc(m->len + 1, 1);
	int failed;

	memcpy(image, m->image, m->len);
	failed = cubin_load(image, m->len, &s->cubin[i + 1], reason, f);
	free(image);
	return failed;
}

/* What was built, and the plan's modules. */
static int load_code(struct side *s, const char **reason, struct fault *f)
{
	size_t len;
	char *built = slurp(SIDE_CUBIN, &len, f);
	int failed = !built;

	s->cubin = xcalloc(s->plan->modules + 1, sizeof *s->cubin);
	if (!failed && len)
		failed = cubin_load(built, len, &s->cubin[0], reason, f);
	for (uint32_t i = 0; i < s->plan->modules && !failed; i++)
		failed = load_module(s, i, reason, f);
	free(built);
	return failed ? -1 : 0;
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
	if (load_code(s, reason, f))
		return -1;
	*reason = REASON_UNSUPPORTED;
	if (replay_open(&s->replay, s->plan, s->cubin, s->gpu.context,
	                s->gpu.stream, f) ||
	    gpu_local(&s->gpu, s->replay.local_bytes, f))
		return -1;
	*reason = NULL;
	return 0;
}

static int load_host(struct side *s, const char **reason, struct fault *f)
{
	const struct layout *l = s->layout;
	char path[32];

	hooks.stream = s->gpu.stream;
	hooks.scratch = l->arena[ARENA_SCRATCH];
	hooks.scratch_bytes = l->arena_bytes[ARENA_SCRATCH];
	hooks.zeroed = l->arena[ARENA_ZEROED];
	hooks.zeroed_bytes = l->arena_bytes[ARENA_ZEROED];
	if (s->run)
		return 0;
	*reason = REASON_UNSUPPORTED;
	snprintf(path, sizeof path, "/proc/self/fd/%d", SIDE_KERNEL);
	s->run = kernel_load(path, f);
	if (!s->run)
		return -1;
	*reason = NULL;
	return 0;
}

/* A tool does not see that another process fills the inputs. */
static int write_inputs(struct side *s, struct fault *f)
{
	return CU(cuMemsetD8Async(s->layout->arena[ARENA_INPUT], 0,
	                          s->mapped[ARENA_INPUT], s->gpu.stream),
	          f);
}

/* Gets everything ready and answers HELLO. */
static int start(struct side *s)
{
	struct wire_reply reply;
	struct fault f = {.text = ""};
	const char *reason = NULL;
	int is_host = s->mode == SIDE_HOST || s->mode == SIDE_HOST_WRITABLE;
	int fd[WIRE_FDS] = {-1, -1}, failed;

	memset(&reply, 0, sizeof reply);
	failed = !(s->layout = layout_import(SIDE_LAYOUT, &f)) ||
	         gpu_open(&s->gpu, &f) ||
	         (s->mode != SIDE_CHECKED &&
	          gpu_anchor(&s->gpu, &reply.anchor_ns, &f)) ||
	         (is_host ? load_host(s, &reason, &f)
	                  : load_kernel(s, &reason, &f)) ||
	         map_arenas(s, fd, &f) ||
	         (s->mode == SIDE_CHECKED && write_inputs(s, &f)) ||
	         gpu_wait(&s->gpu, &f);
	if (failed) {
		reply.fault = !reason;
		snprintf(reply.reason, sizeof reply.reason, "%s",
		         reason ? reason : "");
		snprintf(reply.detail, sizeof reply.detail, "%.199s", f.text);
	}
	reply.device = s->gpu.device;
	if (wire_send(SIDE_SOCKET, &reply, sizeof reply, fd,
	              failed ? 0 : WIRE_FDS))
		err(2, "judge");
	for (int i = 0; !failed && i < WIRE_FDS; i++)
		close(fd[i]);
	return failed ? -1 : 0;
}

void side_serve(enum side_mode mode, ratchet_kernel *run)
{
	struct side s;
	struct wire_request q;
	struct wire_reply reply;

	memset(&s, 0, sizeof s);
	s.mode = mode;
	s.run = run;
	if (start(&s))
		return;
	while (wire_receive(SIDE_SOCKET, &q, sizeof q, NULL, NULL, -1) == 1) {
		memset(&reply, 0, sizeof reply);
		side_perform(&s, &q, &reply);
		if (wire_send(SIDE_SOCKET, &reply, sizeof reply, NULL, 0))
			return;
	}
}
