/* jailed - watching, stopping and reading a process that sandbox.c started */
#include "memory.h"
#include "sandbox.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAP_MS 20
#define FREEZE_TRIES 100

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
	pid_t pid = waitpid(j->pid, &status, WUNTRACED | WCONTINUED | WNOHANG);

	/* It may have run, and stopped itself again. */
	if (pid == j->pid && !WIFCONTINUED(status) && !WIFSTOPPED(status)) {
		j->ended = 1;
		j->status = status;
	}
	return pid == 0;
}

void sandbox_thaw(struct jailed *j)
{
	if (!j->ended)
		kill(-j->pid, SIGCONT);
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
