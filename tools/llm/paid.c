/* paid - a command that runs under a charge */
#include "paid.h"
#include "clock.h"
#include "memory.h"
#include "spend.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#define FORWARDED (sizeof forwarded / sizeof *forwarded)

static volatile sig_atomic_t command;

/* What a terminal sends reaches the command without us. */
static void forward(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code <= 0)
		kill((pid_t)command, number);
}

/* Signals that were ignored stay so: nohup(1). */
static void catch_signals(void)
{
	struct sigaction old, new = {.sa_flags = SA_SIGINFO | SA_RESTART};

	new.sa_sigaction = forward;
	for (size_t i = 0; i < FORWARDED; i++) {
		sigaction(forwarded[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(forwarded[i], &new, NULL);
	}
}

static _Noreturn void run_child(pid_t parent, const sigset_t *mask,
                                char *const argv[])
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	for (size_t i = 0; i < FORWARDED; i++) {
		struct sigaction old;

		sigaction(forwarded[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			signal(forwarded[i], SIG_DFL);
	}
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	warn("%s", argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

static int run(char *const argv[], int *status, struct fault *f)
{
	pid_t parent = getpid(), pid;
	sigset_t held, mask;
	int end;

	sigemptyset(&held);
	for (size_t i = 0; i < FORWARDED; i++)
		sigaddset(&held, forwarded[i]);
	sigprocmask(SIG_BLOCK, &held, &mask);
	catch_signals();
	pid = fork();
	if (pid == 0)
		run_child(parent, &mask, argv);
	command = (sig_atomic_t)pid;
	if (pid > 0)
		sigprocmask(SIG_SETMASK, &mask, NULL);
	else
		return fault_errno(f, "fork");
	while (waitpid(pid, &end, 0) < 0)
		if (errno != EINTR)
			return fault_errno(f, "%s", argv[0]);
	/* From here on the number may be another process's. */
	sigprocmask(SIG_BLOCK, &held, NULL);
	*status = WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
	return 0;
}

int paid_run(const char *path, const char *about, const char *kind,
             const struct amount *cap, char *const argv[], int *status,
             struct fault *f)
{
	struct amount spent = *cap;
	struct spend s;
	double start;
	char *id;
	int result;

	if (spend_read(path, &s, f))
		return -1;
	id = xasprintf("%s#%d", about, spend_attempts(&s, about) + 1);
	spend_free(&s);
	result = spend_reserve(path, id, kind, cap, f);
	if (result == 0) {
		start = clock_seconds();
		result = run(argv, status, f);
		spent.gpu_s = clock_seconds() - start;
	}
	if (result == 0 && spend_settle(path, id, &spent, f))
		warnx("%s: stays charged at its cap: %s", id, f->text);
	free(id);
	return result;
}
