/* cuda_device - is the GPU there for us: locked, not busy, alive? */
#include "clock.h"
#include "cuda_judge.h"
#include "file.h"
#include "memory.h"
#include "nvml.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#define WAIT_S 600.0 /* unless the variable GPU_WAIT_S says */
#define PROBE_S 30.0 /* for a launcher to start and answer */

/* How much less bandwidth, or how much longer the time of nothing, than at its
 * best says that somebody is there whom we cannot see. */
#define LESS_BANDWIDTH 0.7
#define LONGER 2.0

/* The lock of one GPU, or -1. */
static int try_lock(const struct cuda_device *d, int shares, struct fault *f)
{
	char *path = xasprintf("/tmp/ratchet-gpu-%s.lock", d->uuid);
	int lock = shares ? lock_share(path, 0) : lock_take(path, 0);
	int error = errno;

	if (lock < 0)
		fault_errno(f, "%s", path);
	else
		fchmod(lock, 0666); /* for other users, if it is ours */
	free(path);
	errno = error;
	return lock;
}

int cuda_lock(struct cuda_session *s, const struct gpus *g, struct fault *f)
{
	const struct timespec nap = {0, 50000000};

	for (int waits = 0;; waits = 1) {
		for (int i = 0; i < g->count; i++) {
			s->lock = try_lock(&g->item[i], job_shares(s->job), f);
			if (s->lock >= 0)
				return i;
			if (errno != EWOULDBLOCK)
				return -1;
		}
		if (!waits)
			warnx("another judgement runs on %s: waiting (%s)",
			      g->count > 1 ? "each of these GPUs" : "this GPU",
			      f->text);
		nanosleep(&nap, NULL);
	}
}

static void name_of(int pid, char name[32])
{
	char path[64];
	FILE *file;

	snprintf(name, 32, "a process");
	snprintf(path, sizeof path, "/proc/%d/comm", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fscanf(file, "%31[ -~]", name) != 1)
		snprintf(name, 32, "a process");
	fclose(file);
}

/* Where nobody tells who uses it: is the device as slow as if somebody did? */
static int is_slow(struct cuda_session *s, int *slow, struct fault *f)
{
	struct wire_request q = {.op = WIRE_PROBE};
	struct wire_reply now;
	double *best = &s->about.copy_bytes_per_ns;

	*slow = 0;
	if (s->nvml || !s->reference.sock)
		return 0;
	if (reference_ask(s, &q, NULL, 0, &now, f))
		return -1;
	*slow = now.copy_bytes_per_ns < LESS_BANDWIDTH * *best ||
	        (double)now.anchor_ns > LONGER * (double)s->about.anchor_ns;
	*best = fmax(*best, now.copy_bytes_per_ns);
	if (now.anchor_ns < s->about.anchor_ns)
		s->about.anchor_ns = now.anchor_ns;
	return 0;
}

/* Says who is in the way, "" for nobody. */
static int find_other(struct cuda_session *s, char who[96], struct fault *f)
{
	int pid = nvml_other(s->nvml), slow = 0;
	char name[32];

	*who = '\0';
	if (pid) {
		name_of(pid, name);
		snprintf(who, 96, "pid %d (%s)", pid, name);
	} else if (is_slow(s, &slow, f)) {
		return -1;
	} else if (slow) {
		snprintf(who, 96, "something that cannot be seen here");
	}
	return 0;
}

int cuda_wait(struct session *base, struct fault *f)
{
	const struct timespec nap = {0, 250000000};
	struct cuda_session *s = (struct cuda_session *)base;
	const char *text = getenv("GPU_WAIT_S");
	double most = text ? atof(text) : WAIT_S, start = clock_seconds();
	char who[96], said[96] = "";

	while (1) {
		if (find_other(s, who, f))
			return -1;
		if (!*who)
			return 0;
		if (clock_seconds() - start > most)
			break;
		if (!*said)
			warnx("waiting: GPU-%s is busy with %s", s->uuid, who);
		snprintf(said, sizeof said, "%s", who);
		nanosleep(&nap, NULL);
	}
	return fault_set(f, "GPU-%s is busy with %s, for %.0f s now", s->uuid,
	                 who, most);
}

int cuda_answers(struct fault *f)
{
	const char *const argv[] = {"launcher", "probe", NULL};
	static const struct cuda_session any_gpu;
	struct launcher l = {.sock = 0};
	struct wire_reply reply;
	int sock, n = 0;

	if (launcher_start(&any_gpu, &l, argv, NULL, &sock, 1, f))
		return -1;
	n = wire_receive(l.sock, &reply, sizeof reply, NULL, NULL, PROBE_S);
	launcher_stop(&l);
	/* Where there is no driver nothing hangs. */
	if (n == 1 && (!reply.fault || cuda_load(f)))
		return 0;
	return fault_set(f,
	                 "the GPU %s%s: look for Xid in dmesg, reset it or "
	                 "restart the machine, then type make again",
	                 n == 1  ? "does not work: "
	                 : n < 0 ? "does not answer"
	                         : "kills who asks it",
	                 n == 1 ? reply.detail : "");
}
