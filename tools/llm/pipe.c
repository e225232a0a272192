/* pipe - any program as a proposer: the prompt on its input, the reply on its
 * output
 *
 * The program is the user's own, with the user's environment but for the keys,
 * which key.c took out of it. It ends when its time is over, when it prints
 * too much, and with us; so does what it started in its process group.
 */
#include "attempt.h"
#include "buffer.h"
#include "clock.h"
#include "kind.h"
#include "memory.h"
#include "progress.h"
#include "tool.h"
#include "variable.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

struct program {
	pid_t pid;
	int in, out; /* our ends, -1 once closed */
	const char *left;
	size_t left_len;
	struct buffer said;
	int too_much;
};

static volatile sig_atomic_t group; /* of the program, while it runs */

static void on_signal(int number)
{
	kill(-(pid_t)group, SIGKILL);
	raise(number); /* SA_RESETHAND: as if there were no handler */
}

/* A signal that ends us must end the program: it is in a group of its own, so
 * that all of it can be killed. */
static void watch_signals(void)
{
	static const int deadly[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction action = {.sa_handler = on_signal,
	                           .sa_flags = (int)SA_RESETHAND},
	                 old;

	for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++) {
		sigaction(deadly[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(deadly[i], &action, NULL);
	}
}

static _Noreturn void become(const char *command, int in, int out, pid_t us)
{
	signal(SIGPIPE, SIG_DFL);
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	if (getppid() != us || dup2(in, STDIN_FILENO) < 0 ||
	    dup2(out, STDOUT_FILENO) < 0)
		_exit(127);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	warn("/bin/sh");
	_exit(127);
}

static int start(struct program *p, const char *command, struct fault *f)
{
	pid_t us = getpid();
	int to[2], from[2];

	if (pipe2(to, O_CLOEXEC) || pipe2(from, O_CLOEXEC))
		return fault_errno(f, "pipe");
	p->pid = fork();
	if (p->pid < 0)
		return fault_errno(f, "fork");
	if (p->pid == 0)
		become(command, to[0], from[1], us);
	setpgid(p->pid, p->pid);
	group = p->pid;
	watch_signals();
	close(to[0]);
	close(from[1]);
	p->in = to[1];
	p->out = from[0];
	if (fcntl(p->in, F_SETFL, O_NONBLOCK) ||
	    fcntl(p->out, F_SETFL, O_NONBLOCK))
		return fault_errno(f, "pipe");
	return 0;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* It need not read all. */
static void give(struct program *p)
{
	ssize_t n = write(p->in, p->left, p->left_len);

	if (n > 0) {
		p->left += n;
		p->left_len -= (size_t)n;
	}
	if (p->left_len == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&p->in);
}

/* Reads what is there. */
static void take(struct program *p)
{
	char bytes[65536];
	ssize_t n;

	while ((n = read(p->out, bytes, sizeof bytes)) > 0 && !p->too_much)
		p->too_much = buffer_add(&p->said, bytes, (size_t)n,
		                         CONVERSATION_MAX);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		shut(&p->out);
}

/* Talks until the program has ended. Returns 0 with its status, or -1. */
static int talk(struct program *p, double limit_s, int *status, struct fault *f)
{
	double begun = clock_seconds(), s = 0;
	pid_t ended = 0;

	while (ended == 0 && s < limit_s && !p->too_much) {
		struct pollfd fd[2] = {{.fd = p->in, .events = POLLOUT},
		                       {.fd = p->out, .events = POLLIN}};

		if (poll(fd, 2, 50) < 0 && errno != EINTR)
			return fault_errno(f, "poll");
		if (fd[0].revents)
			give(p);
		if (fd[1].revents)
			take(p);
		ended = waitpid(p->pid, status, WNOHANG);
		s = clock_seconds() - begun;
		progress("CMD: %zu characters, %.0f s", p->said.len, s);
	}
	progress_clear();
	kill(-p->pid, SIGKILL);
	if (ended == 0)
		waitpid(p->pid, status, 0);
	else if (p->out >= 0)
		take(p);
	group = 0;
	if (p->too_much)
		return fault_set(f, "CMD: printed more than %zu bytes",
		                 CONVERSATION_MAX);
	return ended ? 0 : fault_set(f, "CMD: not done after %g s", limit_s);
}

/* How it ended, as one of ours. */
static int judge_end(int status, struct fault *f)
{
	if (WIFSIGNALED(status))
		fault_set(f, "CMD: signal %d (%s)", WTERMSIG(status),
		          strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status))
		fault_set(f, "CMD: exit status %d", WEXITSTATUS(status));
	else
		return EXIT_YES;
	return WIFEXITED(status) && WEXITSTATUS(status) == EXIT_RETRY
	               ? EXIT_RETRY
	               : EXIT_TROUBLE;
}

static char *all_that_was_said(const struct conversation *c)
{
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	fprintf(out, "%s\n", c->system);
	for (size_t i = 0; i < c->count; i++) {
		fprintf(out, "\n%s\n", c->turn[i].prompt);
		if (c->turn[i].reply)
			fprintf(out, "\nYou answered:\n\n%s\n",
			        c->turn[i].reply);
	}
	fclose(out);
	return text;
}

int pipe_answer(const struct question *q, struct answer *out, struct fault *f)
{
	const char *command = variable("CMD");
	struct program p = {.in = -1, .out = -1};
	struct buffer plain = {0};
	double limit_s, begun = clock_seconds();
	int status = 0, end;
	char *text;

	if (!command) {
		fault_set(f, "CMD: not set: want a command that reads a prompt "
		             "and prints a reply");
		return EXIT_TROUBLE;
	}
	if (attempt_limit(&limit_s, f))
		return EXIT_TROUBLE;
	text = all_that_was_said(q->said);
	p.left = text;
	p.left_len = strlen(text);
	if (start(&p, command, f))
		end = EXIT_TROUBLE;
	else if (talk(&p, limit_s, &status, f))
		end = EXIT_RETRY;
	else
		end = judge_end(status, f);
	if (end == EXIT_YES && buffer_add_text(&plain, p.said.data, p.said.len,
	                                       CONVERSATION_MAX)) {
		fault_set(f, "CMD: printed more than %zu bytes",
		          CONVERSATION_MAX);
		end = EXIT_RETRY;
	}
	if (end == EXIT_YES)
		*out = (struct answer){.proposer = xstrdup("command"),
		                       .text = buffer_take(&plain),
		                       .usd = NAN,
		                       .seconds = clock_seconds() - begun};
	shut(&p.in);
	shut(&p.out);
	buffer_free(&plain);
	buffer_free(&p.said);
	free(text);
	return end;
}
