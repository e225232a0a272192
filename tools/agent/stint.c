/* stint - one run of a coding agent's program */
#include "stint.h"
#include "clock.h"
#include "progress.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 50

enum { IN, OUT, ERR, PIPES };

struct run {
	pid_t pid;
	int fd[PIPES]; /* our ends, -1 once closed */
	const char *left;
	size_t left_len;
};

static _Noreturn void become(const struct stint *s, const int *end, pid_t us)
{
	sigset_t empty;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() == us && dup2(end[IN], 0) >= 0 &&
	    dup2(end[OUT], 1) >= 0 && dup2(end[ERR], 2) >= 0 &&
	    (!s->dir || chdir(s->dir) == 0)) {
		/* Of ours it gets nothing, not even a lock. */
		close_range(3, ~0u, 0);
		execve(s->argv[0], s->argv, (char **)s->env);
	}
	warn("%s", s->argv[0]);
	_exit(127);
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start(const struct stint *s, struct run *r, struct fault *f)
{
	int pipes[PIPES][2], end[PIPES];
	pid_t us = getpid();

	for (int i = 0; i < PIPES; i++) {
		if (pipe2(pipes[i], O_CLOEXEC))
			return fault_errno(f, "pipe");
		r->fd[i] = pipes[i][i == IN];
		end[i] = pipes[i][i != IN];
		if (fcntl(r->fd[i], F_SETFL, O_NONBLOCK))
			return fault_errno(f, "pipe");
	}
	r->pid = fork();
	if (r->pid == 0)
		become(s, end, us);
	for (int i = 0; i < PIPES; i++)
		close(end[i]);
	return r->pid < 0 ? fault_errno(f, "fork") : 0;
}

/* It need not read all. */
static void give(struct run *r)
{
	ssize_t n = write(r->fd[IN], r->left, r->left_len);

	if (n > 0) {
		r->left += n;
		r->left_len -= (size_t)n;
	}
	if (r->left_len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&r->fd[IN]);
}

/* Returns -1 if that is more than may be. */
static int take(int *fd, struct buffer *b, size_t max)
{
	char bytes[16384];
	ssize_t n = read(*fd, bytes, sizeof bytes);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(fd);
	return n > 0 ? buffer_add(b, bytes, (size_t)n, max) : 0;
}

/* Returns 1 if it prints more than a report. */
static int talk(struct stint *s, struct run *r)
{
	struct pollfd fd[PIPES];
	int too_much = 0;

	for (int i = 0; i < PIPES; i++)
		fd[i] = (struct pollfd){r->fd[i], i == IN ? POLLOUT : POLLIN,
		                        0};
	if (poll(fd, PIPES, TICK_MS) <= 0)
		return 0;
	if (fd[IN].revents)
		give(r);
	if (fd[OUT].revents)
		too_much = take(&r->fd[OUT], &s->report, STINT_REPORT);
	if (fd[ERR].revents)
		take(&r->fd[ERR], &s->words, STINT_WORDS);
	return too_much;
}

/* What it printed last. What it left behind may hold the pipe open. */
static void drain(struct stint *s, struct run *r)
{
	size_t before;

	do {
		before = s->report.len;
		if (r->fd[OUT] >= 0)
			take(&r->fd[OUT], &s->report, STINT_REPORT);
	} while (s->report.len > before);
}

int stint_run(struct stint *s, struct door *d, struct fault *f)
{
	struct run r = {.fd = {-1, -1, -1},
	                .left = s->task,
	                .left_len = strlen(s->task)};
	double begun = clock_seconds(), now = 0;
	pid_t ended = 0;
	int failed = start(s, &r, f);

	while (!failed && !ended && !s->is_late) {
		s->is_late = talk(s, &r);
		failed = door_serve(d, f);
		ended = waitpid(r.pid, &s->status, WNOHANG);
		now = clock_seconds() - begun;
		s->is_late |= now > s->limit_s;
		progress("agent: %.0f s, %d words to ./step", now, d->requests);
	}
	progress_clear();
	if (r.pid > 0) {
		kill(-r.pid, SIGKILL);
		if (!ended)
			waitpid(r.pid, &s->status, 0);
		else
			s->is_late = 0;
	}
	if (!failed && !s->is_late)
		drain(s, &r);
	for (int i = 0; i < PIPES; i++)
		shut(&r.fd[i]);
	return failed ? -1 : 0;
}
