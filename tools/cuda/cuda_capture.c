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

static const char *name_of(enum side side)
{
	return side == CANDIDATE ? "candidate" : "incumbent";
}

static struct captured *captured_of(struct cuda_session *s, enum side side)
{
	return side == CANDIDATE ? &s->candidate : &s->incumbent;
}

static void wait_for(struct jailed *j, double timeout_s)
{
	const struct timespec nap = {0, 1000000};

	for (double left = timeout_s; left > 0 && !sandbox_ended(j);
	     left -= 1e-3)
		nanosleep(&nap, NULL);
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

static int begin(struct cuda_session *s, enum side side, struct captured *c,
                 struct fault *f)
{
	const char *name = name_of(side);
	const char *python = job_interpreter(s->job, name);
	char *path =
	        xasprintf("%s/%s.%s", s->dir, name, python ? "json" : "so");
	int fd[] = {s->layout_fd, memfd_create("plan", MFD_CLOEXEC),
	            open(path, O_RDONLY | O_CLOEXEC)};
	int failed;

	failed = fd[1] < 0   ? fault_errno(f, "memory file")
	         : fd[2] < 0 ? fault_errno(f, "%s", path)
	                     : start(s, python, fd, &c->jail, f);
	free(path);
	if (fd[2] >= 0)
		close(fd[2]);
	if (!failed) {
		c->state = CAPTURE_BEGUN;
		c->out = fd[1];
	} else if (fd[1] >= 0) {
		close(fd[1]);
	}
	return failed;
}

/* Waits for it, and keeps what it left. */
static void end(struct cuda_session *s, enum side side, struct captured *c)
{
	int is_python = job_interpreter(s->job, name_of(side)) != NULL;

	wait_for(&c->jail, CAPTURE_S + (is_python ? PYTHON_S : 0) +
	                           s->job->timeout_s +
	                           EACH_S * (double)s->job->sets *
	                                   (double)s->job->workloads.count);
	sandbox_kill(&c->jail);
	judge_end(c, &c->jail, c->out);
	sandbox_free(&c->jail);
	close(c->out);
	c->state = CAPTURE_DONE;
}

void captured_drop(struct captured *c)
{
	if (c->state == CAPTURE_BEGUN) {
		sandbox_kill(&c->jail);
		sandbox_free(&c->jail);
		close(c->out);
	}
	if (c->plan >= 0)
		close(c->plan);
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

/* To import and to compile takes Python seconds: both sides begin at once. */
static int begin_other(struct cuda_session *s, enum side side, struct fault *f)
{
	enum side other = side == CANDIDATE ? INCUMBENT : CANDIDATE;
	struct captured *c = captured_of(s, other);

	if (s->job->phase != PHASE_BENCH || c->state != CAPTURE_NONE ||
	    !job_interpreter(s->job, name_of(other)))
		return 0;
	return begin(s, other, c, f);
}

const struct captured *captured_plan(struct cuda_session *s, enum side side,
                                     struct fault *f)
{
	struct captured *c = captured_of(s, side);

	if (c->state == CAPTURE_NONE && begin(s, side, c, f))
		return NULL;
	if (c->state == CAPTURE_BEGUN) {
		if (begin_other(s, side, f))
			return NULL;
		end(s, side, c);
	}
	return c;
}
