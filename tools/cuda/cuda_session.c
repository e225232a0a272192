/* cuda_session - session.h's contract on a GPU: captures, launchers, plans */
#include "bridged.h"
#include "cuda_judge.h"
#include "memory.h"
#include "nvml.h"
#include "tool.h"
#include "toolchain.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define REFERENCE_S 600.0 /* to compute all that is expected */
#define CONTEXT_BYTES                                                          \
	((uint64_t)1 << 30) /* that a process takes for itself                 \
	                     */

uint64_t random_secret(void)
{
	uint64_t v;

	if (getrandom(&v, sizeof v, 0) != sizeof v)
		err(2, "getrandom");
	return v;
}

/* What the driver or a profiler needs to be found. */
static const char *const kept[] = {"LD_LIBRARY_PATH", "CUDA_VISIBLE_DEVICES",
                                   "CUDA_INJECTION64_PATH"};
#define KEPT (sizeof kept / sizeof *kept)

int program_start(const struct cuda_session *s, struct jailed *j,
                  const char *const argv[], const char *const *reads,
                  const int *fd, size_t fds, struct fault *f)
{
	char *env[KEPT + 1] = {NULL}, *path;
	const char *args[16] = {NULL};
	struct sandbox box = {.argv = args,
	                      .env = (const char *const *)env,
	                      .fd = fd,
	                      .nfd = fds,
	                      .reads = reads,
	                      .forks = *argv[0] == '/',
	                      .gpu = s->node};
	size_t n = 0;
	int status;

	path = *argv[0] == '/' ? xstrdup(argv[0])
	                       : xasprintf("%s/%s", tool_dir(), argv[0]);
	for (size_t i = 0; argv[i]; i++)
		args[i] = i ? argv[i] : path;
	for (size_t i = 0; i < KEPT; i++)
		if (getenv(kept[i]))
			env[n++] = xasprintf("%s=%s", kept[i], getenv(kept[i]));
	status = sandbox_spawn(&box, j, f);
	for (size_t i = 0; i < n; i++)
		free(env[i]);
	free(path);
	return status;
}

int launcher_start(const struct cuda_session *s, struct launcher *l,
                   const char *const argv[], const char *const *reads, int *fd,
                   size_t fds, struct fault *f)
{
	int pair[2], status;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return fault_errno(f, "socketpair");
	fd[0] = pair[1];
	status = program_start(s, &l->jail, argv, reads, fd, fds, f);
	close(pair[1]);
	if (status)
		close(pair[0]);
	else
		l->sock = pair[0];
	return status;
}

void launcher_stop(struct launcher *l)
{
	if (!l->sock)
		return;
	sandbox_kill(&l->jail);
	sandbox_free(&l->jail);
	close(l->sock);
	l->sock = 0;
}

static int reference_answer(struct cuda_session *s, struct wire_reply *reply,
                            struct fault *f)
{
	char line[200];
	int n = wire_receive(s->reference.sock, reply, sizeof *reply, NULL,
	                     NULL, REFERENCE_S);

	if (n == 1)
		return reply->fault ? fault_set(f, "%s", reply->detail) : 0;
	sandbox_last_words(&s->reference.jail, line, sizeof line);
	return fault_set(f, "the reference's launcher %s%s%s",
	                 n < 0 ? "does not answer" : "has died",
	                 *line ? ": " : "", line);
}

int reference_ask(struct cuda_session *s, const struct wire_request *q,
                  const int *fd, int fds, struct wire_reply *reply,
                  struct fault *f)
{
	if (wire_send(s->reference.sock, q, sizeof *q, fd, fds))
		return fault_errno(f, "the reference's launcher");
	return reference_answer(s, reply, f);
}

/* No more than a reference has on the device. */
static uint64_t reference_bytes(const struct layout *l)
{
	const uint64_t *bytes = l->arena_bytes;

	/* Of inputs: those of a call, all as they are stored, and a copy. */
	return CONTEXT_BYTES + 3 * bytes[ARENA_INPUT] + bytes[ARENA_OUTPUT] +
	       bytes[ARENA_SCRATCH] + bytes[ARENA_ZEROED];
}

/* Three launchers are alive at once in bench, one in verify. */
static int check_room(struct cuda_session *s, struct fault *f)
{
	const uint64_t *bytes = s->layout->arena_bytes;
	uint64_t each = CONTEXT_BYTES + bytes[ARENA_INPUT] +
	                s->layout->output_bytes + bytes[ARENA_SCRATCH] +
	                bytes[ARENA_ZEROED];
	uint64_t sides;

	sides = s->job->phase == PHASE_BENCH ? SIDE_COUNT : 1;
	if (each * sides <= s->about.free_bytes) {
		s->base.fits = 1 + (int)((s->about.free_bytes - each) /
		                         (each + reference_bytes(s->layout)));
		return 0;
	}
	return fault_set(f,
	                 "%s: %s has %llu MiB free, but the tensors of all "
	                 "workloads and %d sets need %llu MiB: judge fewer "
	                 "workloads at once",
	                 s->job->dir, s->about.device.name,
	                 (unsigned long long)(s->about.free_bytes >> 20),
	                 s->job->sets,
	                 (unsigned long long)(each * sides >> 20));
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

static void close_session(struct session *base)
{
	struct cuda_session *s = (struct cuda_session *)base;

	launcher_stop(&s->reference);
	close_fd(s->layout_fd);
	close_fd(s->lock);
	captured_drop(&s->candidate);
	captured_drop(&s->incumbent);
	nvml_close(s->nvml);
	free(s->layout);
	free(s->dir);
	free(s);
}

/* The one GPU that our processes see, which has other numbers among fewer. A
 * part of a GPU has no name of this kind: then they see what we see. */
static void choose_gpu(struct cuda_session *s, const struct cuda_device *d)
{
	const char *said = getenv("CUDA_VISIBLE_DEVICES");

	memcpy(s->uuid, d->uuid, sizeof s->uuid);
	if (said && strstr(said, "MIG"))
		return;
	node_find(d->uuid, s->node);
	if (*s->node || d->device) {
		char *name = xasprintf("GPU-%s", d->uuid);

		setenv("CUDA_VISIBLE_DEVICES", name, 1); /* to be kept */
		free(name);
	}
}

/* The GPU is ours, and nobody else's work is on it. */
static int take_device(struct cuda_session *s, struct fault *f)
{
	struct gpus *g = xcalloc(1, sizeof *g);
	int taken = gpus_read(g, f) ? -1 : cuda_lock(s, g, f);

	if (taken >= 0)
		choose_gpu(s, &g->item[taken]);
	free(g);
	if (taken < 0)
		return -1;
	s->nvml = nvml_open(s->uuid);
	return job_shares(s->job) ? 0 : cuda_wait(&s->base, f);
}

/* Asks an interpreter what it is, in a folder that it may write to. */
static int name_python(struct cuda_session *s, const char *python,
                       struct fault *f)
{
	char *dir = xasprintf("%s/python", s->dir);
	struct toolchain t;
	int failed;

	failed = mkdir(dir, 0700)
	                 ? fault_errno(f, "%s", dir)
	                 : toolchain_python(&t, python, "python", dir, f);
	if (!failed)
		snprintf(s->base.reference, sizeof s->base.reference,
		         "python%s", t.version + strlen("Python"));
	free(dir);
	return failed;
}

/* A definition's own Python is a stranger's text, whoever wrote the kernel. */
static int start_python(struct cuda_session *s, const char *python,
                        struct fault *f)
{
	struct bridged b;
	int sock, failed;

	if (sandbox_admits_strangers(f) || name_python(s, python, f) ||
	    bridged_make(&b, python, "reference", s->dir, f))
		return -1;
	failed = launcher_start(s, &s->reference, b.argv, b.reads, &sock, 1, f);
	bridged_free(&b);
	return failed;
}

static int start_reference(struct cuda_session *s, struct fault *f)
{
	const char *argv[] = {"launcher", "reference", s->dir, NULL};
	const char *reads[] = {s->dir, NULL};
	const char *python = job_interpreter(s->job, "reference");
	int sock;

	if (python)
		return start_python(s, python, f);
	strcpy(s->base.reference, "native");
	return launcher_start(s, &s->reference, argv, reads, &sock, 1, f);
}

/* Both sides are timed alike, so one that cannot be captured decides for both:
 * PyTorch, or, if the user allows it, any. */
static int decide_timing(struct cuda_session *s, struct fault *f)
{
	int sides = s->job->phase == PHASE_BENCH ? 2 : 1;

	s->is_host = job_is_pytorch(s->job, "candidate") ||
	             job_is_pytorch(s->job, "incumbent");
	for (int i = 0; s->job->allows_host && !s->is_host && i < sides; i++) {
		const struct captured *c =
		        captured_plan(s, i ? INCUMBENT : CANDIDATE, f);

		if (!c)
			return -1;
		s->is_host =
		        c->reason && !strcmp(c->reason, REASON_UNSUPPORTED);
	}
	s->base.timing = s->is_host                 ? TIMING_HOST
	                 : s->about.device.pageable ? TIMING_EVENTS_WALL
	                                            : TIMING_EVENTS;
	return 0;
}

static struct session *open_session(const struct job *job, struct fault *f)
{
	struct cuda_session *s = xcalloc(1, sizeof *s);

	s->base.device = &cuda_device;
	s->job = job;
	s->layout_fd = s->candidate.plan = s->incumbent.plan = s->lock = -1;
	s->dir = realpath(job->dir, NULL);
	if (!s->dir)
		fault_errno(f, "%s", job->dir);
	if (!s->dir || take_device(s, f) ||
	    !(s->layout = layout_make(job, f)) ||
	    (s->layout_fd = layout_export(s->layout, f)) < 0 ||
	    start_reference(s, f) || reference_answer(s, &s->about, f) ||
	    check_room(s, f)) {
		close_session(&s->base);
		return NULL;
	}
	snprintf(s->base.name, sizeof s->base.name, "%s", s->about.device.name);
	snprintf(s->base.driver, sizeof s->base.driver, "%s",
	         s->about.device.driver);
	if (decide_timing(s, f)) {
		close_session(&s->base);
		return NULL;
	}
	return &s->base;
}

static int refresh(struct session *base, size_t workload, int set,
                   struct fault *f)
{
	struct cuda_session *s = (struct cuda_session *)base;
	struct wire_request q = {.op = WIRE_DRAW,
	                         .workload = (uint32_t)workload,
	                         .count = 1,
	                         .set = {(uint32_t)set}};
	struct wire_reply reply;

	return reference_ask(s, &q, NULL, 0, &reply, f);
}

static int64_t anchor_ns(struct session *base)
{
	return ((struct cuda_session *)base)->about.anchor_ns;
}

const struct device cuda_device = {
        .open = open_session,
        .close = close_session,
        .refresh = refresh,
        .wait = cuda_wait,
        .answers = cuda_answers,
        .start = cuda_runner_start,
        .end = cuda_runner_end,
        .stop = cuda_runner_stop,
        .measure = cuda_runner_measure,
        .batch = cuda_runner_batch,
        .anchor_ns = anchor_ns,
};
