/* cuda-drive - runs a CUDA job's candidate as the judge does, and prints
 *
 *	cuda-drive [-w] [-m mode] [-n rounds] [-b calls] [-s workload]
 *		[-z tools] JOB
 *
 * One line a workload: uuid, mode, reason or "ok", median microseconds a call
 * by events and by the launcher's clock, the worst error, the detail. -w maps
 * inputs writable; -z calls under tools of compute-sanitizer; -b also times
 *batches of so many and twice as many calls. The first line tells how long
 *opening and starting took.
 */
#include "device.h"
#include "job.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MAX_ROUNDS 256

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *x, int n)
{
	qsort(x, (size_t)n, sizeof *x, by_value);
	return x[n / 2];
}

static void drive(struct runner *r, const struct job *job, size_t workload,
                  const char *mode, int rounds)
{
	double event[MAX_ROUNDS], wall[MAX_ROUNDS];
	struct measurement m = {.reason = NULL};
	int set[JOB_SETS_MAX], done = 0;
	struct fault f;

	for (int i = 0; i < job->sets; i++)
		set[i] = i;
	while (done < rounds && !m.reason) {
		if (cuda_device.measure(r, workload, set, job->sets, mode, &m,
		                        &f))
			errx(2, "%s", f.text);
		event[done] = (double)m.time_ns / 1e3 / job->sets;
		wall[done++] = (double)m.wall_ns / 1e3 / job->sets;
	}
	printf("%s\t%s\t%s\t%.2f\t%.2f\t%.3g\t%d\t%s\n",
	       job->workloads.item[workload].uuid, mode,
	       m.reason ? m.reason : "ok", median(event, done),
	       median(wall, done), m.check.max_abs, m.sm_mhz,
	       m.reason ? m.detail : "-");
}

static void batches(struct runner *r, const struct job *job, size_t workload,
                    int calls)
{
	struct measurement a, b;
	struct fault f;

	if (cuda_device.batch(r, workload, calls, &a, &f) ||
	    cuda_device.batch(r, workload, calls, &a, &f) ||
	    cuda_device.batch(r, workload, 2 * calls, &b, &f))
		errx(2, "%s", f.text);
	printf("%s\tbatch\t%s\t%.2f\t%.2f\t-\t0\tevents and wall, slope %.3f "
	       "%.3f\n",
	       job->workloads.item[workload].uuid,
	       a.reason   ? a.reason
	       : b.reason ? b.reason
	                  : "ok",
	       (double)b.time_ns / 1e3 / (2 * calls),
	       (double)b.wall_ns / 1e3 / (2 * calls),
	       (double)(b.time_ns - a.time_ns) / 1e3 / calls,
	       (double)(b.wall_ns - a.wall_ns) / 1e3 / calls);
}

int main(int argc, char **argv)
{
	int writable = 0, rounds = 1, calls = 0, opt, only = -1;
	const char *mode = "cold", *tools = NULL;
	double start = now_s(), opened;
	struct session *s;
	struct runner *r;
	struct fault f;
	struct job *job;

	tool_start();
	while ((opt = getopt(argc, argv, "wm:n:b:s:z:")) != -1)
		switch (opt) {
		case 'w':
			writable = 1;
			break;
		case 'm':
			mode = optarg;
			break;
		case 'n':
			rounds = atoi(optarg);
			break;
		case 'b':
			calls = atoi(optarg);
			break;
		case 'z':
			tools = optarg;
			break;
		case 's':
			only = atoi(optarg);
			break;
		default:
			return 2;
		}
	if (optind + 1 != argc || rounds < 1 || rounds > MAX_ROUNDS)
		errx(2, "want one job and at most %d rounds", MAX_ROUNDS);
	if (!(job = job_read(argv[optind], &f)))
		errx(2, "%s", f.text);
	job->sanitize = tools ? xstrdup(tools) : NULL;
	if (!(s = cuda_device.open(job, &f)))
		errx(2, "%s", f.text);
	opened = now_s();
	if (!(r = cuda_device.start(s, CANDIDATE, writable, &f)))
		errx(2, "%s", f.text);
	printf("# %s, driver %s, anchor %.2f us, opened in %.3f s, captured in "
	       "%.3f s\n",
	       s->name, s->driver, (double)cuda_device.anchor_ns(s) / 1e3,
	       opened - start, now_s() - opened);
	for (size_t w = 0; w < job->workloads.count; w++) {
		if (only >= 0 && w != (size_t)only)
			continue;
		opened = now_s();
		drive(r, job, w, mode, rounds);
		if (calls)
			batches(r, job, w, calls);
		printf("# %.3f s\n", now_s() - opened);
	}
	cuda_device.stop(r);
	cuda_device.close(s);
	job_free(job);
	return 0;
}
