/* sandbox - the one place that starts foreign code while a judgement runs */
#include "sandbox.h"
#include "charges.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FILE_BYTES ((rlim_t)256 << 20) /* of each file that it writes */
#define FIRST_FD 3
#define NAP_MS 20
#define FREEZE_TRIES 100
#define HIGH_FD 64 /* above FIRST_FD + SANDBOX_FDS + the report */

/* In the child: the descriptors given, from FIRST_FD up, the report (which
 * exec closes) after them, and no other. */
static int place_descriptors(const struct sandbox *s, int log, int report)
{
	int null = open("/dev/null", O_RDONLY), high[SANDBOX_FDS];
	int last = FIRST_FD + (int)s->nfd;

	log = fcntl(log, F_DUPFD, HIGH_FD);
	report = fcntl(report, F_DUPFD, HIGH_FD);
	if (null < 0 || log < 0 || report < 0)
		return -1;
	for (size_t i = 0; i < s->nfd; i++) {
		high[i] = fcntl(s->fd[i], F_DUPFD, HIGH_FD);
		if (high[i] < 0)
			return -1;
	}
	if (dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		return -1;
	for (size_t i = 0; i < s->nfd; i++) {
		if (dup2(high[i], FIRST_FD + (int)i) < 0)
			return -1;
	}
	if (dup3(report, last, O_CLOEXEC) < 0)
		return -1;
	return close_range((unsigned)last + 1, ~0u, 0) ? -1 : last;
}

_Noreturn static void execute(const struct sandbox *s, int log, int report,
                              pid_t parent)
{
	const struct rlimit none = {0, 0}, file = {FILE_BYTES, FILE_BYTES};
	sigset_t empty;
	int placed;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(127);
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
	setrlimit(RLIMIT_FSIZE, &file);
	placed = place_descriptors(s, log, report);
	if (placed >= 0) {
		report = placed;
		if (chdir(s->dir ? s->dir : "/") == 0)
			execve(s->argv[0], (char *const *)s->argv,
			       (char *const *)s->env);
	}
	if (write(report, &errno, sizeof errno) < 0)
		_exit(126);
	_exit(127);
}

/* The program runs once the report is closed without a word. */
static int wait_for_start(int report)
{
	int error = 0;
	ssize_t n;

	do
		n = read(report, &error, sizeof error);
	while (n < 0 && errno == EINTR);
	return n == 0 ? 0 : error ? error : EIO;
}

int sandbox_spawn(const struct sandbox *s, struct jailed *j, struct fault *f)
{
	int log[2], report[2], error;
	pid_t parent = getpid();

	*j = (struct jailed){.log = -1};
	if (s->nfd > SANDBOX_FDS)
		return fault_set(f, "%s: too many descriptors", s->argv[0]);
	if (pipe2(log, O_CLOEXEC | O_NONBLOCK))
		return fault_errno(f, "pipe");
	if (pipe2(report, O_CLOEXEC)) {
		close(log[0]);
		close(log[1]);
		return fault_errno(f, "pipe");
	}
	/* Orphans come here, where they are found. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	j->pid = fork();
	if (j->pid == 0)
		execute(s, log[1], report[1], parent);
	close(log[1]);
	close(report[1]);
	j->log = log[0];
	error = j->pid < 0 ? errno : wait_for_start(report[0]);
	if (j->pid > 0)
		charges_add(j->pid);
	close(report[0]);
	if (!error)
		return 0;
	if (j->pid > 0)
		sandbox_kill(j);
	sandbox_free(j);
	errno = error;
	return fault_errno(f, "%s", s->argv[0]);
}

int sandbox_ended(struct jailed *j)
{
	int status;

	if (!j->ended && j->pid > 0 &&
	    waitpid(j->pid, &status, WNOHANG) == j->pid) {
		j->ended = 1;
		j->status = status;
	}
	return j->ended;
}

/* Waits for a report of the process, at most NAP_MS; 1 if there is one. The
 * kernel reports a stop once the last thread stopped. */
static int wait_for_report(struct jailed *j, int *status)
{
	const struct timespec nap = {0, NAP_MS * 1000000};
	sigset_t child;
	pid_t pid;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	/* Blocked, it is kept until it is asked for. */
	sigprocmask(SIG_BLOCK, &child, NULL);
	while ((pid = waitpid(j->pid, status, WUNTRACED | WNOHANG)) == 0) {
		if (sigtimedwait(&child, NULL, &nap) < 0 && errno == EAGAIN)
			return waitpid(j->pid, status, WUNTRACED | WNOHANG) ==
			       j->pid;
	}
	return pid == j->pid;
}

/* A signal that continues it takes a stop away that is on its way: then the
 * stop is sent again. */
int sandbox_freeze(struct jailed *j)
{
	int status;

	for (int i = 0; i < FREEZE_TRIES && !j->ended; i++) {
		if (kill(-j->pid, SIGSTOP))
			return -1;
		if (!wait_for_report(j, &status))
			continue;
		if (WIFSTOPPED(status))
			return 0;
		j->ended = 1;
		j->status = status;
	}
	return -1;
}

int sandbox_is_frozen(struct jailed *j)
{
	int status;
	pid_t pid = waitpid(j->pid, &status, WCONTINUED | WNOHANG);

	if (pid == j->pid && !WIFCONTINUED(status)) {
		j->ended = 1;
		j->status = status;
	}
	return pid == 0;
}

int sandbox_is_alone(const struct jailed *j)
{
	return !charges_has_children(j->pid) && !charges_has_strangers();
}

void sandbox_thaw(struct jailed *j)
{
	if (!j->ended)
		kill(-j->pid, SIGCONT);
}

void sandbox_kill(struct jailed *j)
{
	if (j->pid <= 0)
		return;
	/* The group outlives its leader, and keeps its number. */
	kill(-j->pid, SIGKILL);
	if (!j->ended)
		charges_reap(j->pid);
	charges_remove(j->pid);
	j->pid = 0;
	charges_kill_strangers();
}

void sandbox_free(struct jailed *j)
{
	if (j->log >= 0)
		close(j->log);
	*j = (struct jailed){.log = -1};
}

void sandbox_ending(const struct jailed *j, char *text, size_t len)
{
	if (!j->ended)
		snprintf(text, len, "still running");
	else if (WIFEXITED(j->status))
		snprintf(text, len, "exit status %d", WEXITSTATUS(j->status));
	else
		snprintf(text, len, "signal %d (%s)", WTERMSIG(j->status),
		         strsignal(WTERMSIG(j->status)));
}

void sandbox_last_words(const struct jailed *j, char *text, size_t len)
{
	char *all = xcalloc(SANDBOX_LOG, 1);
	ssize_t n = j->log >= 0 ? read(j->log, all, SANDBOX_LOG) : 0;
	size_t end = n > 0 ? (size_t)n : 0, start;

	while (end > 0 && (all[end - 1] <= ' ' || all[end - 1] > '~'))
		end--;
	start = end > len - 1 ? end - (len - 1) : 0;
	for (size_t i = start; i < end; i++)
		text[i - start] = all[i] < ' ' || all[i] > '~' ? ' ' : all[i];
	text[end - start] = '\0';
	free(all);
}

const char *sandbox_level(void)
{
	return "none";
}
