/* cuda_runner - one launcher of a CUDA session: measures one side's kernel */
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

struct cuda_runner {
	struct runner base;
	struct cuda_session *session;
	uint32_t index;
	struct launcher launcher; /* none where there is a reason */
	int ready, writable;
	const char *reason; /* why every measurement fails, or NULL */
	char detail[200];
	int64_t anchor_ns; /* of an empty plan, before the kernel ran */
};

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
	char *path = xasprintf("%s/%s.cubin", s->dir, side);
	int fd[4] = {-1, s->layout_fd, plan, open(path, O_RDONLY | O_CLOEXEC)};
	const char *const argv[] = {
	        "launcher", r->writable ? "side-writable" : "side", NULL};
	int status = -1;

	if (fd[3] < 0)
		fault_errno(f, "%s", path);
	else
		status = launcher_start(s, &r->launcher, argv, NULL, fd, 4, f);
	if (fd[3] >= 0)
		close(fd[3]);
	free(path);
	return status;
}

struct runner *cuda_runner_start(struct session *session, enum side side,
                                 int writable, struct fault *f)
{
	struct cuda_session *s = (struct cuda_session *)session;
	const struct captured *c = captured_plan(s, side, f);
	struct cuda_runner *r;

	if (!c)
		return NULL;
	r = xcalloc(1, sizeof *r);
	r->base.device = session->device;
	r->session = s;
	r->index = s->runners++;
	r->writable = writable;
	if (c->reason) {
		refuse(r, c->reason, c->detail);
	} else if (start_launcher(r,
	                          side == CANDIDATE ? "candidate" : "incumbent",
	                          c->plan, f)) {
		free(r);
		return NULL;
	}
	return &r->base;
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
	struct wire_request q = {.op = WIRE_DROP};
	struct wire_reply reply;
	struct fault f;

	q.runner = r->index;
	if (r->ready)
		reference_ask(r->session, &q, NULL, 0, &reply, &f);
	launcher_stop(&r->launcher);
	free(r);
}

/* Waits for the launcher's answer. Returns 1 with a reply, 0 where the runner
 * got a reason, -1 with the fault set. */
static int receive(struct cuda_runner *r, struct wire_reply *reply, int *fd,
                   int *fds, double timeout_s, struct fault *f)
{
	int n = wire_receive(r->launcher.sock, reply, sizeof *reply, fd, fds,
	                     timeout_s);
	char line[160];

	if (n == 1 && reply->fault)
		return fault_set(f, "%s", reply->detail);
	if (n == 1 && *reply->reason) {
		refuse(r, reply->reason, reply->detail);
		return 0;
	}
	if (n == 1)
		return 1;
	if (n < 0 && errno != ETIMEDOUT)
		return fault_errno(f, "launcher");
	sandbox_last_words(&r->launcher.jail, line, sizeof line);
	refuse(r, n < 0 ? REASON_TIMEOUT : REASON_DIED,
	       n < 0 ? "the kernel did not end" : line);
	return 0;
}

/* Waits for a new launcher and hands its memory to the reference. Returns as
 * receive does. */
static int ready(struct cuda_runner *r, struct fault *f)
{
	struct wire_request q = {.op = WIRE_ADOPT};
	struct wire_reply reply, adopted;
	int fd[WIRE_FDS], fds = WIRE_FDS, n;

	if (r->reason || r->ready)
		return r->reason ? 0 : 1;
	n = receive(r, &reply, fd, &fds, START_S, f);
	if (n != 1)
		return n;
	r->anchor_ns = reply.anchor_ns;
	q.runner = r->index;
	n = reference_ask(r->session, &q, fd, fds, &adopted, f);
	for (int i = 0; i < fds; i++)
		close(fd[i]);
	r->ready = n == 0;
	return n ? -1 : 1;
}

/* Asks the reference whether the outputs of a request's calls are right. */
static int check(struct cuda_runner *r, const struct wire_request *done,
                 struct measurement *m, struct fault *f)
{
	struct wire_request q = *done;
	struct wire_reply reply;

	q.op = WIRE_CHECK;
	q.runner = r->index;
	q.check_inputs = (uint32_t)r->writable;
	if (reference_ask(r->session, &q, NULL, 0, &reply, f))
		return -1;
	check_merge(&m->check, &reply.check);
	if (*reply.reason) {
		m->reason = verdict_reason(reply.reason);
		snprintf(m->detail, sizeof m->detail, "%s", reply.detail);
		m->wrong_call = (int)reply.wrong_call;
	}
	return 0;
}

static void give_reason(const struct cuda_runner *r, struct measurement *m)
{
	m->reason = r->reason;
	snprintf(m->detail, sizeof m->detail, "%s", r->detail);
}

/* Has the launcher do one request, and its outputs checked. */
static int perform(struct cuda_runner *r, const struct wire_request *q,
                   struct measurement *m, struct fault *f)
{
	double calls = q->op == WIRE_BATCH ? q->calls : 2.0 * q->count;
	struct wire_reply reply;
	int n, throttled;

	if (wire_send(r->launcher.sock, q, sizeof *q, NULL, 0) &&
	    errno != EPIPE && errno != ECONNRESET)
		return fault_errno(f, "launcher");
	n = receive(r, &reply, NULL, NULL,
	            r->session->job->timeout_s * (calls < 8 ? calls : 8), f);
	if (n == 0)
		give_reason(r, m);
	if (n != 1)
		return n;
	m->time_ns += reply.time_ns;
	m->wall_ns += reply.host_ns;
	m->sm_mhz = nvml_clock(r->session->nvml, &throttled);
	m->throttled |= throttled;
	return check(r, q, m, f);
}

/* No kernel moves its tensors faster than a copy does, or takes no time. What
 * the L2 can hold need not have moved yet. */
static void check_floor(const struct cuda_runner *r, size_t workload, int count,
                        const char *mode, struct measurement *m)
{
	const struct cuda_session *s = r->session;
	const struct layout_arg *a =
	        layout_call(s->layout, (uint32_t)workload, 0);
	double per_call = (double)m->time_ns / count, bytes = 0, least;

	for (uint32_t i = 0; i < s->layout->args; i++)
		if (!a[i].is_scalar)
			bytes += (double)a[i].bytes;
	bytes -= 2 * (double)s->about.device.l2_bytes;
	least = bytes / (1.1 * s->about.copy_bytes_per_ns);
	if (strcmp(mode, "cold") ||
	    *settings_string(&s->job->settings, "gather", ""))
		least = 0;
	if (!strcmp(mode, "cold") && least < 0.9 * (double)r->anchor_ns)
		least = 0.9 * (double)r->anchor_ns;
	if (per_call >= least)
		return;
	m->reason = REASON_FLOOR;
	snprintf(m->detail, sizeof m->detail,
	         "%.2f us a call, which no kernel can do: at least %.2f us",
	         per_call * 1e-3, least * 1e-3);
}

/* How many sets from the first on are different, so that each has an output
 * of its own. */
static uint32_t run_of_sets(const int *set, int count)
{
	uint32_t n = 0;

	while (n < (uint32_t)count && n < WIRE_SETS) {
		for (uint32_t i = 0; i < n; i++)
			if (set[i] == set[n])
				return n;
		n++;
	}
	return n;
}

static void begin(struct measurement *m)
{
	memset(m, 0, sizeof *m);
}

int cuda_runner_measure(struct runner *base, size_t workload, const int *set,
                        int count, const char *mode, struct measurement *m,
                        struct fault *f)
{
	struct cuda_runner *r = (struct cuda_runner *)base;
	struct wire_request q = {.op = WIRE_MEASURE};
	int n = ready(r, f);

	begin(m);
	if (n == 0)
		give_reason(r, m);
	if (n != 1)
		return n;
	q.workload = (uint32_t)workload;
	q.mode = !strcmp(mode, "graph")  ? MODE_GRAPH
	         : !strcmp(mode, "warm") ? MODE_WARM
	                                 : MODE_COLD;
	for (int done = 0; done < count && !m->reason;) {
		q.count = run_of_sets(set + done, count - done);
		q.seed = random_secret();
		for (uint32_t i = 0; i < q.count; i++)
			q.set[i] = (uint32_t)set[done + (int)i];
		if (perform(r, &q, m, f))
			return -1;
		m->wrong_call += m->wrong_call ? done : 0;
		done += (int)q.count;
	}
	if (!m->reason)
		check_floor(r, workload, count, mode, m);
	return 0;
}

int cuda_runner_batch(struct runner *base, size_t workload, int calls,
                      struct measurement *m, struct fault *f)
{
	struct cuda_runner *r = (struct cuda_runner *)base;
	struct wire_request q = {.op = WIRE_BATCH};
	const struct job *job = r->session->job;
	int sets = job->plain, n = ready(r, f);

	begin(m);
	if (n == 0)
		give_reason(r, m);
	if (n != 1)
		return n;
	q.workload = (uint32_t)workload;
	q.calls = (uint32_t)calls;
	q.count = (uint32_t)(calls < sets ? calls : sets);
	if (q.count > WIRE_SETS)
		q.count = WIRE_SETS;
	q.seed = random_secret();
	for (uint32_t i = 0; i < q.count; i++)
		q.set[i] = (uint32_t)job->by_plant[i];
	return perform(r, &q, m, f);
}
