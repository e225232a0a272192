/* cpu_counters - what the processor counts while a worker calls a kernel */
#include "cpu_counters.h"
#include "cpu_runner.h"
#include "memory.h"

#include <dirent.h>
#include <errno.h>
#include <linux/perf_event.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MOST_CALLS 1000
#define MOST_NS 500000000
#define MOST_THREADS 512

#define L1_LOAD_MISSES                                                         \
	(PERF_COUNT_HW_CACHE_L1D | PERF_COUNT_HW_CACHE_OP_READ << 8 |          \
	 PERF_COUNT_HW_CACHE_RESULT_MISS << 16)

static const struct {
	uint32_t type;
	uint64_t config;
} event[CPU_EVENTS] = {
        [CPU_BUSY_NS] = {PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK},
        [CPU_CYCLES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CPU_CYCLES},
        [CPU_INSTRUCTIONS] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_INSTRUCTIONS},
        [CPU_CACHE_REFERENCES] = {PERF_TYPE_HARDWARE,
                                  PERF_COUNT_HW_CACHE_REFERENCES},
        [CPU_CACHE_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_CACHE_MISSES},
        [CPU_BRANCHES] = {PERF_TYPE_HARDWARE,
                          PERF_COUNT_HW_BRANCH_INSTRUCTIONS},
        [CPU_BRANCH_MISSES] = {PERF_TYPE_HARDWARE, PERF_COUNT_HW_BRANCH_MISSES},
        [CPU_L1_MISSES] = {PERF_TYPE_HW_CACHE, L1_LOAD_MISSES},
};

/* A counter for each thread and event. */
struct watch {
	int *fd; /* [thread][event]; -1: none */
	size_t threads;
	int failed[CPU_EVENTS]; /* errno, where an event cannot be had */
};

static int open_counter(pid_t thread, int e)
{
	struct perf_event_attr a = {.size = sizeof a,
	                            .type = event[e].type,
	                            .config = event[e].config,
	                            .read_format =
	                                    PERF_FORMAT_TOTAL_TIME_ENABLED |
	                                    PERF_FORMAT_TOTAL_TIME_RUNNING,
	                            .exclude_kernel = 1,
	                            .exclude_hv = 1};

	return (int)syscall(SYS_perf_event_open, &a, thread, -1, -1,
	                    PERF_FLAG_FD_CLOEXEC);
}

static void watch_thread(struct watch *w, pid_t thread)
{
	int *fd;

	w->fd = xrealloc(w->fd, (w->threads + 1) * CPU_EVENTS, sizeof *w->fd);
	fd = w->fd + w->threads++ * CPU_EVENTS;
	for (int e = 0; e < CPU_EVENTS; e++) {
		fd[e] = open_counter(thread, e);
		if (fd[e] < 0)
			w->failed[e] = errno;
	}
}

/* All threads that the process has. */
static int watch_process(struct watch *w, pid_t pid, struct fault *f)
{
	char *path = xasprintf("/proc/%d/task", (int)pid);
	DIR *d = opendir(path);
	struct dirent *entry;
	int failed = d ? 0 : fault_errno(f, "%s", path);

	while (d && w->threads < MOST_THREADS && (entry = readdir(d)))
		if (*entry->d_name != '.')
			watch_thread(w, (pid_t)atoi(entry->d_name));
	if (d)
		closedir(d);
	free(path);
	return failed;
}

/* An event that shared its counter with others is scaled up. */
static double count_of(int fd)
{
	uint64_t v[3];

	if (read(fd, v, sizeof v) != (ssize_t)sizeof v || !v[2])
		return NAN;
	return (double)v[0] * ((double)v[1] / (double)v[2]);
}

static void say_why(int error, char *text, size_t len)
{
	const char *more = "";

	if (error == ENOENT || error == EOPNOTSUPP)
		more = ": this processor, or virtual machine, does not count "
		       "it";
	else if (error == EACCES || error == EPERM)
		more = ": see /proc/sys/kernel/perf_event_paranoid";
	snprintf(text, len, "perf_event_open: %s%s", strerror(error), more);
}

static void finish(struct watch *w, struct cpu_counts *out)
{
	for (int e = 0; e < CPU_EVENTS; e++) {
		out->value[e] = w->failed[e] || !w->threads ? NAN : 0;
		for (size_t t = 0; t < w->threads; t++) {
			int fd = w->fd[t * CPU_EVENTS + (size_t)e];

			if (!w->failed[e])
				out->value[e] += count_of(fd);
			if (fd >= 0)
				close(fd);
		}
		if (w->failed[e] && !*out->absent)
			say_why(w->failed[e], out->absent, sizeof out->absent);
	}
	free(w->fd);
}

static int call(struct runner *r, const struct job *job, size_t workload,
                struct cpu_counts *out, struct fault *f)
{
	struct measurement m;
	int set = job->by_plant[out->calls % job->plain];

	if (runner_measure(r, workload, &set, 1, job->mode, &m, f))
		return -1;
	out->calls++;
	out->ns += (double)m.time_ns;
	return m.reason ? fault_set(f, "%s: %s", m.reason, m.detail) : 0;
}

int cpu_counters_read(struct session *s, const struct job *job, size_t workload,
                      struct cpu_counts *out, struct fault *f)
{
	struct runner *r = runner_start(s, CANDIDATE, 0, f);
	struct watch w = {.fd = NULL};
	int failed;

	*out = (struct cpu_counts){.calls = 0};
	if (!r)
		return -1;
	/* The first call starts threads. */
	failed = call(r, job, workload, out, f) ||
	         watch_process(
	                 &w, ((struct cpu_runner *)(void *)r)->worker.jail.pid,
	                 f);
	*out = (struct cpu_counts){.calls = 0};
	for (size_t i = 0; i < w.threads * CPU_EVENTS; i++)
		if (w.fd[i] >= 0)
			ioctl(w.fd[i], PERF_EVENT_IOC_RESET, 0);
	while (!failed && out->calls < MOST_CALLS && out->ns < MOST_NS)
		failed = call(r, job, workload, out, f);
	finish(&w, out);
	runner_stop(r);
	if (!failed && isnan(out->value[CPU_BUSY_NS]))
		failed = fault_set(f, "%s", out->absent);
	return failed ? -1 : 0;
}
