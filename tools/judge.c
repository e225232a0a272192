/* judge - turns a job folder into results: the one program that measures
 *
 * It never loads a kernel. Kernels run in processes of their own, behind
 * session.h, and are killed with this one.
 */
#include "judge.h"
#include "clock.h"
#include "file.h"
#include "parcel.h"
#include "returned.h"
#include "sandbox.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CPU_LOCK "/tmp/ratchet-cpu.lock"

/* One judgement at a time measures on these processors. */
static void lock_device(const struct job *job)
{
	int (*lock)(const char *, int) =
	        job_shares(job) ? lock_share : lock_take;
	int fd = lock(CPU_LOCK, 0);

	if (fd < 0 && errno == EWOULDBLOCK) {
		warnx("waiting for another judgement on this CPU (%s)",
		      CPU_LOCK);
		fd = lock(CPU_LOCK, 1);
	}
	if (fd < 0 && errno == EACCES) {
		warn("%s: measuring without it", CPU_LOCK);
		return;
	}
	if (fd < 0)
		err(EXIT_RETRY, "%s", CPU_LOCK);
	/* For other users; fails if one of them made it, and did this. */
	if (fchmod(fd, 0666) && errno != EPERM)
		warn("%s", CPU_LOCK);
}

/* What is no verdict: to be tried again, unless it lasts or the device is gone.
 */
_Noreturn static void give_up(const struct job *job, const struct fault *f)
{
	struct fault why;

	if (session_answers(job, &why))
		errx(EXIT_TROUBLE, "%s; %s", f->text, why.text);
	errx(f->lasts ? EXIT_TROUBLE : EXIT_RETRY, "%s", f->text);
}

int main(int argc, char *argv[])
{
	struct session *session;
	struct fault f;
	struct job *job;
	int opt, answer, verbose = 0;

	tool_start();
	while ((opt = getopt(argc, argv, "v")) != -1) {
		if (opt != 'v')
			tool_usage("judge [-v] job");
		verbose = 1;
	}
	if (argc - optind != 1)
		tool_usage("judge [-v] job");
	sandbox_require();
	job = job_read(argv[optind], &f);
	if (!job)
		errx(EXIT_TROUBLE, "%s", f.text);
	/* Secrets are in here: keep other processes of this user out. */
	prctl(PR_SET_DUMPABLE, 0);
	if (!job->is_cuda || job->harness)
		lock_device(job);
	/* The wait for a device is no part of the budget. */
	job->start = clock_seconds();
	session = session_open(job, &f);
	/* What a stranger wrote fails again. */
	if (!session && job->python)
		errx(EXIT_TROUBLE, "%s", f.text);
	if (!session)
		give_up(job, &f);
	if (job->is_cuda)
		job->start = clock_seconds();
	if (verbose)
		warnx("%s, %s: ready after %.3f s; an empty call takes %lld ns",
		      session_device_name(session), session_driver(session),
		      clock_seconds() - job->start,
		      (long long)session_anchor_ns(session));
	answer = job->phase == PHASE_VERIFY ? judge_verify(job, session, &f)
	                                    : judge_bench(job, session, &f);
	if (answer < 0)
		give_up(job, &f);
	session_close(session);
	if (parcel_finish(job, returned_name(job), answer, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	job_free(job);
	return answer;
}
