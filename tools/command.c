/* command - runs a program and waits: bounded time and output, no environment
 */
#include "command.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILE_MAX ((rlim_t)1 << 30) /* bytes that it may write to one file */

static volatile sig_atomic_t group; /* of the running child, or 0 */

static void end_with_child(int sig)
{
	if (group)
		kill(-(pid_t)group, SIGKILL);
	signal(sig, SIG_DFL);
	raise(sig);
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static const char *search_path(void)
{
	const char *path = getenv("PATH");

	return path && *path ? path : "/usr/local/bin:/usr/bin:/bin";
}

char *command_find(const char *name)
{
	const char *p = search_path();

	while (*p) {
		size_t n = strcspn(p, ":");
		char *file = xasprintf("%.*s/%s", (int)n, p, name);

		if (n && access(file, X_OK) == 0)
			return file;
		free(file);
		p += n + (p[n] == ':');
	}
	return NULL;
}

/* In the child. Names relative to the folder keep what a compiler leaves
 * behind inside it. */
_Noreturn static void execute(const struct command *c, int output)
{
	char *path = xasprintf("PATH=%s", search_path());
	char temporary[] = "TMPDIR=.";
	char *environment[] = {path, temporary, NULL};
	const struct rlimit none = {0, 0}, file = {FILE_MAX, FILE_MAX};
	const struct rlimit cpu = {(rlim_t)c->limit_s, (rlim_t)c->limit_s};
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &file);
	setrlimit(RLIMIT_CPU, &cpu);
	if (null < 0 || dup2(null, 0) < 0 || dup2(output, 1) < 0 ||
	    dup2(output, 2) < 0 || chdir(c->dir))
		_exit(127);
	execve(c->file, c->argv, environment);
	dprintf(2, "%s: %s\n", c->file, strerror(errno));
	_exit(127);
}

/* Keeps the first COMMAND_OUTPUT_MAX bytes that arrive until the other end is
 * closed. Returns -1 when the time is over. */
static int collect(int fd, char *text, size_t *len, double deadline)
{
	char dropped[4096];

	for (;;) {
		double left = deadline - now();
		struct pollfd p = {.fd = fd, .events = POLLIN};
		size_t room = COMMAND_OUTPUT_MAX - *len;
		ssize_t n;

		if (left <= 0)
			return -1;
		if (poll(&p, 1, (int)(left * 1000) + 1) <= 0)
			continue;
		n = read(fd, room ? text + *len : dropped,
		         room ? room : sizeof dropped);
		if (n == 0)
			return 0;
		if (n > 0 && room)
			*len += (size_t)n;
	}
}

static void make_printable(char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] != '\n' && text[i] != '\t' &&
		    (text[i] < ' ' || text[i] > '~'))
			text[i] = '?';
	if (len == COMMAND_OUTPUT_MAX)
		strcpy(text + len, "\n(more was left out)\n");
}

static void wait_for(pid_t child, struct command_result *r, int late,
                     int limit_s)
{
	int status = 0;

	if (late)
		kill(-child, SIGKILL);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	kill(-child, SIGKILL); /* what it may have left */
	group = 0;
	r->ok = !late && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (late)
		snprintf(r->ended, sizeof r->ended, "%d s are over", limit_s);
	else if (WIFSIGNALED(status))
		snprintf(r->ended, sizeof r->ended, "signal %d",
		         WTERMSIG(status));
	else
		snprintf(r->ended, sizeof r->ended, "exit %d",
		         WEXITSTATUS(status));
}

int command_run(const struct command *c, struct command_result *r,
                struct fault *f)
{
	double start = now();
	size_t len = 0;
	int ends[2], late;
	pid_t child;

	*r = (struct command_result){.ok = 0};
	if (pipe2(ends, O_CLOEXEC))
		return fault_errno(f, "pipe");
	signal(SIGINT, end_with_child);
	signal(SIGTERM, end_with_child);
	signal(SIGHUP, end_with_child);
	child = fork();
	if (child < 0) {
		close(ends[0]);
		close(ends[1]);
		return fault_errno(f, "fork");
	}
	if (child == 0)
		execute(c, ends[1]);
	setpgid(child, child);
	group = child;
	close(ends[1]);
	r->output = xcalloc(COMMAND_OUTPUT_MAX + 64, 1);
	late = collect(ends[0], r->output, &len, start + c->limit_s);
	close(ends[0]);
	wait_for(child, r, late, c->limit_s);
	make_printable(r->output, len);
	r->seconds = now() - start;
	return 0;
}
