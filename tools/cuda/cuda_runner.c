/* cuda_runner - one launcher of a CUDA session: its life */
#include "bridged.h"
#include "cuda_judge.h"
#include "memory.h"
#include "nvml.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define START_S 60.0
#define PYTHON_S 120.0

static void refuse(struct cuda_runner *r, const char *reason,
                   const char *detail)
{
	r->reason = verdict_reason(reason);
	if (!r->reason)
		r->reason = REASON_DIED;
	snprintf(r->detail, sizeof r->detail, "%s", detail);
	launcher_stop(&r->launcher);
}

/* Starts the launcher and does not wait for it: ready() does, so that several
 * start at the same time. */
static int start_launcher(struct cuda_runner *r, const char *side, int plan,
                          struct fault *f)
{
	struct cuda_session *s = r->session;
	int fd[4] = {-1, s->layout_fd, plan, side_code(s, side, f)};
	const char *const argv[] = {
	        "launcher", r->writable ? "side-writable" : "side", NULL};
	int status;

	if (fd[3] < 0)
		return -1;
	status = launcher_start(s, &r->launcher, argv, NULL, fd, 4, f);
	close(fd[3]);
	return status;
}

/* The same of a launcher in which the side's own host code runs. */
static int start_host(struct cuda_runner *r, const char *side, struct fault *f)
{
	struct cuda_session *s = r->session;
	const char *what = r->writable ? "host-writable" : "host";
	const char *python = job_interpreter(s->job, side);
	char *path =
	        xasprintf("%s/%s.%s", s->dir, side, python ? "json" : "so");
	int fd[3] = {-1, s->layout_fd, open(path, O_RDONLY | O_CLOEXEC)};
	const char *const native[] = {"launcher", what, NULL};
	struct bridged b;
	int status = -1;

	if (fd[2] < 0) {
		fault_errno(f, "%s", path);
	} else if (!python) {
		status =
		        launcher_start(s, &r->launcher, native, NULL, fd, 3, f);
	} else if (!bridged_make(&b, python, what, NULL, f)) {
		status = launcher_start(s, &r->launcher, b.argv, b.reads, fd, 3,
		                        f);
		bridged_free(&b);
	}
	if (fd[2] >= 0)
		close(fd[2]);
	free(path);
	return status;
}

static int start(struct cuda_runner *r, struct fault *f)
{
	const char *name = r->side == CANDIDATE ? "candidate" : "incumbent";
	const struct captured *c;

	if (r->session->is_host)
		return start_host(r, name, f);
	c = captured_plan(r->session, r->side, f);
	if (!c)
		return -1;
	if (c->reason)
		refuse(r, c->reason, c->detail);
	else if (!r->session->job->sanitize)
		return start_launcher(r, name, c->plan, f);
	return 0;
}

struct runner *cuda_runner_start(struct session *session, enum side side,
                                 int writable, struct fault *f)
{
	struct cuda_session *s = (struct cuda_session *)session;
	struct cuda_runner *r = xcalloc(1, sizeof *r);

	r->base.device = session->device;
	r->session = s;
	r->index = s->runners++;
	r->side = side;
	r->writable = writable;
	r->called = xcalloc(s->layout->workloads, s->layout->sets);
	if (!start(r, f))
		return &r->base;
	free(r->called);
	free(r);
	return NULL;
}

/* Has the reference let go of the launcher's memory, which also shows that it
 * is alive, and with it the device. */
static int forget(struct cuda_runner *r, struct fault *f)
{
	struct wire_request q = {.op = WIRE_DROP, .runner = r->index};
	struct wire_reply reply;

	r->ready = 0;
	return reference_ask(r->session, &q, NULL, 0, &reply, f);
}

/* A context takes its time to end. */
void cuda_runner_end(struct runner *base)
{
	const struct cuda_runner *r = (struct cuda_runner *)base;

	if (r->launcher.sock)
		sandbox_condemn(&r->launcher.jail);
}

void cuda_runner_stop(struct runner *base)
{
	struct cuda_runner *r = (struct cuda_runner *)base;
	struct fault f;

	if (r->ready)
		forget(r, &f);
	launcher_stop(&r->launcher);
	free(r->called);
	free(r);
}

int cuda_runner_receive(struct cuda_runner *r, struct wire_reply *reply,
                        int *fd, int *fds, double timeout_s, struct fault *f)
{
	int n = wire_receive(r->launcher.sock, reply, sizeof *reply, fd, fds,
	                     timeout_s);
	char line[160];

	if (n == 1 && reply->fault)
		return fault_set(f, "%s", reply->detail);
	if (n == 1 && !*reply->reason)
		return 1;
	if (n < 0 && errno != ETIMEDOUT)
		return fault_errno(f, "launcher");
	if (n == 1) {
		refuse(r, reply->reason, reply->detail);
	} else {
		sandbox_last_words(&r->launcher.jail, line, sizeof line);
		refuse(r, n < 0 ? REASON_TIMEOUT : REASON_DIED,
		       n < 0 ? "the kernel did not end" : line);
	}
	/* The kernel is to blame only if the device is well without it. */
	return forget(r, f);
}

int cuda_runner_ready(struct cuda_runner *r, struct fault *f)
{
	struct wire_request q = {.op = WIRE_ADOPT};
	struct wire_reply reply, adopted;
	int fd[WIRE_FDS], fds = WIRE_FDS, n;

	if (r->reason || r->ready)
		return r->reason ? 0 : 1;
	n = cuda_runner_receive(r, &reply, fd, &fds,
	                        r->session->is_host ? PYTHON_S : START_S, f);
	if (n != 1)
		return n;
	r->anchor_ns = reply.anchor_ns;
	q.runner = r->index;
	q.side = r->side;
	n = reference_ask(r->session, &q, fd, fds, &adopted, f);
	for (int i = 0; i < fds; i++)
		close(fd[i]);
	r->ready = n == 0;
	return n ? -1 : 1;
}
