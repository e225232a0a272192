/* cuda_capture - has a kernel's host code run once, and keeps its plan */
#include "bridged.h"
#include "cuda_judge.h"
#include "memory.h"
#include "plan.h"
#include "verdict.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CAPTURE_S 10.0 /* beyond the timeout of one call */
#define PYTHON_S 110.0 /* to import, and to compile, more */
#define EACH_S 0.1     /* for each call to capture, more */

/* Copies what a dead process left, so that nobody can change it any more. */
static int keep_plan(int from, struct fault *f)
{
	struct stat st;
	int to;

	if (fstat(from, &st) || st.st_size > (off_t)PLAN_MAX_BYTES)
		return fault_set(f, "a plan of more than %zu bytes",
		                 PLAN_MAX_BYTES);
	to = memfd_create("plan", MFD_CLOEXEC);
	for (off_t at = 0; to >= 0 && at < st.st_size;) {
		char piece[65536];
		ssize_t n = pread(from, piece, sizeof piece, at);

		if (n <= 0 || write(to, piece, (size_t)n) != n) {
			close(to);
			to = -1;
		}
		at += n;
	}
	return to < 0 ? fault_errno(f, "plan") : to;
}

__attribute__((format(printf, 3, 4))) static void
refuse(struct captured *c, const char *reason, const char *format, ...)
{
	va_list list;

	va_start(list, format);
	c->reason = reason;
	vsnprintf(c->detail, sizeof c->detail, format, list);
	va_end(list);
}

/* Says how the capture ended: its last words are the kernel's own affair. */
static void judge_end(struct captured *c, const struct jailed *j, int out)
{
	int code =
	        j->ended && WIFEXITED(j->status) ? WEXITSTATUS(j->status) : 0;
	char text[sizeof c->detail];
	struct fault f;

	if (!j->ended) {
		refuse(c, REASON_TIMEOUT, "its host code did not return");
	} else if (code == CAPTURE_UNSUPPORTED ||
	           code == CAPTURE_LAUNCH_ERROR) {
		sandbox_last_words(j, text, sizeof text);
		refuse(c,
		       code == CAPTURE_LAUNCH_ERROR ? REASON_LAUNCH_ERROR
		                                    : REASON_UNSUPPORTED,
		       "%s", strncmp(text, "capture: ", 9) ? text : text + 9);
	} else if (j->status) {
		sandbox_ending(j, text, sizeof text);
		refuse(c, REASON_DIED, "its host code ended with %.150s", text);
	} else if (lseek(out, 0, SEEK_END) == 0) {
		refuse(c, REASON_DIED, "its host code ended the process");
	} else if ((c->plan = keep_plan(out, &f)) < 0) {
		refuse(c, REASON_UNSUPPORTED, "%.190s", f.text);
	}
}

static void wait_for(struct jailed *j, double timeout_s)
{
	const struct timespec nap = {0, 1000000};

	for (double left = timeout_s; left > 0 && !sandbox_ended(j);
	     left -= 1e-3)
		nanosleep(&nap, NULL);
}

/* Waits for it, and keeps what it left. */
static void conclude(struct cuda_session *s, struct jailed *j, int out,
                     double start_s, struct captured *c)
{
	wait_for(j, start_s + s->job->timeout_s +
	                    EACH_S * (double)s->job->sets *
	                            (double)s->job->workloads.count);
	sandbox_kill(j);
	judge_end(c, j, out);
	sandbox_free(j);
	c->done = 1;
}

/* What it is started with: the layout, the plan to be, and the kernel. */
static int start(struct cuda_session *s, const char *python, const int fd[3],
                 struct jailed *j, struct fault *f)
{
	const char *const native[] = {"capture", NULL};
	struct bridged b;
	int failed;

	if (!python)
		return program_start(s, j, native, NULL, fd, 3, f);
	if (bridged_make(&b, python, "capture", NULL, f))
		return -1;
	failed = program_start(s, j, b.argv, b.reads, fd, 3, f);
	bridged_free(&b);
	return failed;
}

static int capture(struct cuda_session *s, const char *side, struct captured *c,
                   struct fault *f)
{
	const char *python = job_interpreter(s->job, side);
	char *path =
	        xasprintf("%s/%s.%s", s->dir, side, python ? "json" : "so");
	const int fd[] = {s->layout_fd, memfd_create("plan", MFD_CLOEXEC),
	                  open(path, O_RDONLY | O_CLOEXEC)};
	struct jailed j;
	int failed;

	failed = fd[1] < 0   ? fault_errno(f, "memory file")
	         : fd[2] < 0 ? fault_errno(f, "%s", path)
	                     : start(s, python, fd, &j, f);
	free(path);
	if (!failed)
		conclude(s, &j, fd[1], CAPTURE_S + (python ? PYTHON_S : 0), c);
	for (int i = 1; i < 3; i++)
		if (fd[i] >= 0)
			close(fd[i]);
	return failed;
}

int side_code(const struct cuda_session *s, const char *side, struct fault *f)
{
	char *path = job_interpreter(s->job, side)
	                     ? xstrdup("/dev/null")
	                     : xasprintf("%s/%s.cubin", s->dir, side);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		fault_errno(f, "%s", path);
	free(path);
	return fd;
}

const struct captured *captured_plan(struct cuda_session *s, enum side side,
                                     struct fault *f)
{
	struct captured *c = side == CANDIDATE ? &s->candidate : &s->incumbent;
	const char *name = side == CANDIDATE ? "candidate" : "incumbent";

	if (!c->done && capture(s, name, c, f))
		return NULL;
	return c;
}
