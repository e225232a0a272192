/* cuda_measure - what is asked of a launcher: calls, timed and checked */
#include "clock.h"
#include "cuda_judge.h"
#include "nvml.h"
#include "verdict.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define BATCHES 3
#define FIRST_S 60.0 /* for what host code does but once, more */
#define PREPARE_S 60.0
#define ABOVE_COPY 1.1 /* what reading alone may do better */

static void give_reason(const struct cuda_runner *r, struct measurement *m)
{
	m->reason = r->reason;
	snprintf(m->detail, sizeof m->detail, "%s", r->detail);
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
	m->draws = reply.draws;
	r->least_bytes += reply.least_bytes;
	if (*reply.reason) {
		m->reason = verdict_reason(reply.reason);
		snprintf(m->detail, sizeof m->detail, "%s", reply.detail);
		m->wrong_call = (int)reply.wrong_call;
	}
	return 0;
}

/* Has the launcher do one request. Returns as cuda_runner_receive does. */
static int ask(struct cuda_runner *r, const struct wire_request *q,
               double timeout_s, struct wire_reply *reply, struct fault *f)
{
	if (wire_send(r->launcher.sock, q, sizeof *q, NULL, 0) &&
	    errno != EPIPE && errno != ECONNRESET)
		return fault_errno(f, "launcher");
	return cuda_runner_receive(r, reply, NULL, NULL, timeout_s, f);
}

/* Host code is timed by the judge's clock, from each request for a call to its
 * answer; as a graph, for all calls together. */
static int ask_host(struct cuda_runner *r, const struct wire_request *q,
                    double timeout_s, struct wire_reply *reply, struct fault *f)
{
	uint32_t step = q->mode == MODE_GRAPH ? q->count : 1;
	double extra_s = q->op == WIRE_FIRST ? FIRST_S : 0;
	struct wire_request one = *q;
	int64_t total = 0, start;
	int n = 1;

	one.calls = step;
	for (one.first = 0; n == 1 && one.first < q->count; one.first += step) {
		one.op = WIRE_PREPARE;
		n = ask(r, &one, PREPARE_S, reply, f);
		if (n != 1)
			break;
		one.op = WIRE_CALL;
		start = clock_ns();
		n = ask(r, &one, timeout_s + extra_s, reply, f);
		total += clock_ns() - start;
	}
	reply->time_ns = reply->host_ns = total;
	return n;
}

/* Has it done, and its outputs checked. */
static int perform(struct cuda_runner *r, const struct wire_request *q,
                   struct measurement *m, struct fault *f)
{
	double calls = q->op == WIRE_BATCH ? q->calls : 2.0 * q->count;
	double timeout_s = r->session->job->timeout_s * (calls < 8 ? calls : 8);
	struct wire_reply reply;
	int n = (r->session->is_host ? ask_host : ask)(r, q, timeout_s, &reply,
	                                               f);
	int throttled;

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

/* No kernel moves its tensors faster than a copy does, or takes no time. Only
 * where caches are cold is everything moved. */
static void check_floor(const struct cuda_runner *r, int count,
                        const char *mode, struct measurement *m)
{
	const struct cuda_session *s = r->session;
	double least = 0, bytes = r->least_bytes / count;
	double per_call = (double)m->time_ns / count;

	if (!strcmp(mode, "cold"))
		least = fmax(bytes / (ABOVE_COPY * s->about.copy_bytes_per_ns),
		             0.9 * (double)r->anchor_ns);
	if (per_call >= least)
		return;
	m->reason = REASON_FLOOR;
	snprintf(m->detail, sizeof m->detail,
	         "%.2f us a call, which no kernel can do: to move %.0f bytes "
	         "takes at least %.2f us",
	         per_call * 1e-3, bytes, least * 1e-3);
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

/* The first call of each of some sets, untimed, but checked like any other. */
static int call_first(struct cuda_runner *r, uint32_t workload, const int *set,
                      int count, struct measurement *m, struct fault *f)
{
	char *called = r->called + workload * r->session->layout->sets;
	struct wire_request q = {.op = WIRE_FIRST, .workload = workload};

	for (int i = 0; i < count && q.count < WIRE_SETS; i++) {
		if (!called[set[i]])
			q.set[q.count++] = (uint32_t)set[i];
		called[set[i]] = 1;
	}
	if (!q.count)
		return 0;
	q.seed = random_secret();
	return perform(r, &q, m, f);
}

/* The same of a graph, of which every run of sets is another. */
static int first_of_graph(struct cuda_runner *r, const struct wire_request *q,
                          struct measurement *m, struct fault *f)
{
	struct wire_request first = *q;

	first.op = WIRE_FIRST;
	return perform(r, &first, m, f);
}

/* Makes the runner ready to be timed on some sets. 1 if it is, 0 where there is
 * a reason, -1 with the fault set. */
static int begin(struct cuda_runner *r, uint32_t workload, const int *set,
                 int count, struct measurement *m, struct fault *f)
{
	int n = cuda_runner_ready(r, f);

	memset(m, 0, sizeof *m);
	if (n == 0)
		give_reason(r, m);
	if (n == 1 && call_first(r, workload, set, count, m, f))
		return -1;
	m->time_ns = m->wall_ns = 0;
	m->wrong_call = 0; /* counted among the first calls alone */
	r->least_bytes = 0;
	return m->reason ? 0 : n;
}

/* Under tools a workload is called once, whatever the sets: the tools look at
 * the code more than at the values, and are slow. */
static int inspect_once(struct cuda_runner *r, uint32_t workload,
                        struct measurement *m, struct fault *f)
{
	char *called = &r->called[workload * r->session->layout->sets];

	memset(m, 0, sizeof *m);
	if (r->reason)
		give_reason(r, m);
	if (r->reason || *called)
		return 0;
	*called = 1;
	return cuda_inspect(r->session, workload, m, f);
}

int cuda_runner_measure(struct runner *base, size_t workload, const int *set,
                        int count, const char *mode, struct measurement *m,
                        struct fault *f)
{
	struct cuda_runner *r = (struct cuda_runner *)base;
	struct wire_request q = {.op = WIRE_MEASURE,
	                         .workload = (uint32_t)workload};
	int n;

	if (r->session->job->sanitize)
		return inspect_once(r, q.workload, m, f);
	n = begin(r, q.workload, set, count, m, f);
	if (n != 1)
		return n;
	q.mode = !strcmp(mode, "graph")  ? MODE_GRAPH
	         : !strcmp(mode, "warm") ? MODE_WARM
	                                 : MODE_COLD;
	for (int done = 0; done < count && !m->reason;) {
		q.count = run_of_sets(set + done, count - done);
		q.seed = random_secret();
		for (uint32_t i = 0; i < q.count; i++)
			q.set[i] = (uint32_t)set[done + (int)i];
		if (q.mode == MODE_GRAPH && first_of_graph(r, &q, m, f))
			return -1;
		if (!m->reason && perform(r, &q, m, f))
			return -1;
		m->wrong_call += m->wrong_call ? done : 0;
		done += (int)q.count;
	}
	if (!m->reason)
		check_floor(r, count, mode, m);
	return 0;
}

/* The best of some batches: the one in which the clocks agree most, because a
 * busy host may hold up any of them. */
static int best_batch(struct cuda_runner *r, struct wire_request *q,
                      struct measurement *m, struct fault *f)
{
	struct measurement best = {.time_ns = 0}, one;

	for (int i = 0; i < BATCHES; i++) {
		one = *m;
		q->seed = random_secret();
		if (perform(r, q, &one, f))
			return -1;
		if (!i || one.reason ||
		    one.wall_ns - one.time_ns < best.wall_ns - best.time_ns)
			best = one;
		if (one.reason)
			break;
	}
	*m = best;
	return 0;
}

int cuda_runner_batch(struct runner *base, size_t workload, int calls,
                      struct measurement *m, struct fault *f)
{
	struct cuda_runner *r = (struct cuda_runner *)base;
	struct wire_request q = {.op = WIRE_BATCH,
	                         .workload = (uint32_t)workload,
	                         .calls = (uint32_t)calls};
	const struct job *job = r->session->job;
	int set[WIRE_SETS], sets = job->plain, n;

	if (r->session->is_host) {
		memset(m, 0, sizeof *m);
		return 1;
	}
	q.count = (uint32_t)(calls < sets ? calls : sets);
	for (uint32_t i = 0; i < q.count; i++) {
		set[i] = job->by_plant[i];
		q.set[i] = (uint32_t)set[i];
	}
	n = begin(r, q.workload, set, (int)q.count, m, f);
	return n == 1 ? best_batch(r, &q, m, f) : n;
}
