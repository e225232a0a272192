/* paid - a command that runs under a charge */
#include "paid.h"
#include "clock.h"
#include "memory.h"
#include "spend.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define STEPS 4    /* what a command takes too long is paid in quarters */
#define GRACE_S 10 /* between SIGTERM and SIGKILL */

static const int forwarded[] = {SIGHUP, SIGINT, SIGQUIT, SIGTERM};
#define FORWARDED (sizeof forwarded / sizeof *forwarded)

static volatile sig_atomic_t group;

static void forward(int number)
{
	kill(-(pid_t)group, number);
}

/* What was ignored stays so, as nohup(1) wants. */
static void handle(void (*handler)(int))
{
	struct sigaction old,
	        new = {.sa_handler = handler, .sa_flags = SA_RESTART};

	for (size_t i = 0; i < FORWARDED; i++) {
		sigaction(forwarded[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(forwarded[i], &new, NULL);
	}
}

static _Noreturn void become(pid_t parent, const sigset_t *mask,
                             char *const argv[])
{
	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	handle(SIG_DFL);
	sigprocmask(SIG_SETMASK, mask, NULL);
	execvp(argv[0], argv);
	warn("%s", argv[0]);
	_exit(errno == ENOENT ? 127 : 126);
}

/* Starts argv; a signal that comes meanwhile is handed on. */
static pid_t start(char *const argv[], struct fault *f)
{
	pid_t parent = getpid(), pid;
	sigset_t held, mask;

	sigemptyset(&held);
	for (size_t i = 0; i < FORWARDED; i++)
		sigaddset(&held, forwarded[i]);
	sigprocmask(SIG_BLOCK, &held, &mask);
	handle(forward);
	pid = fork();
	if (pid == 0)
		become(parent, &mask, argv);
	if (pid < 0)
		return fault_errno(f, "fork");
	setpgid(pid, pid); /* whoever is first */
	group = (sig_atomic_t)pid;
	sigprocmask(SIG_SETMASK, &mask, NULL);
	return pid;
}

/* Waits for the end of a command until the clock says so. */
static int ends_by(int pidfd, double until)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};

	for (;;) {
		double left = fmin(until - clock_seconds(), 1e6);
		int n = poll(&p, 1, left > 0 ? (int)ceil(left * 1e3) : 0);

		if (n > 0)
			return 1;
		if (n == 0 && left <= 0)
			return 0;
	}
}

static void settle(const char *path, const char *id, const struct amount *spent)
{
	struct fault f;

	if (spend_settle(path, id, spent, &f))
		warnx("%s: stays charged at its cap: %s", id, f.text);
}

struct bill {
	const char *path, *kind;
	char *first, *open;  /* ids: of the attempt, of what is reserved now */
	struct amount cap;   /* of the open one */
	double since, until; /* what the open one pays for */
	double step;
	int steps;
};

/* Reserves some more, and settles what is used up. */
static int extend(struct bill *b, struct fault *f)
{
	struct amount more = {.gpu_s = b->step};
	char *id = xasprintf("%s+%d", b->first, ++b->steps);
	int status = spend_reserve(b->path, id, b->kind, &more, f);

	if (status) {
		free(id);
		return status;
	}
	settle(b->path, b->open, &b->cap);
	free(b->open);
	b->open = id;
	b->cap = more;
	b->since = b->until;
	b->until += b->step;
	return 0;
}

static int run(struct bill *b, char *const argv[], int *status, struct fault *f)
{
	pid_t pid = start(argv, f);
	int pidfd, end, over = 0;

	if (pid < 0)
		return -1;
	pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	if (pidfd < 0)
		over = fault_errno(f, "pidfd_open");
	while (over == 0 && !ends_by(pidfd, b->until))
		over = extend(b, f);
	if (over) {
		kill(-pid, SIGTERM);
		if (pidfd < 0 || !ends_by(pidfd, clock_seconds() + GRACE_S))
			kill(-pid, SIGKILL);
	}
	handle(SIG_IGN); /* the number will soon be another's */
	waitpid(pid, &end, 0);
	if (pidfd >= 0)
		close(pidfd);
	*status = WIFEXITED(end) ? WEXITSTATUS(end) : 128 + WTERMSIG(end);
	return over;
}

int paid_run(const char *path, const char *about, const char *kind,
             const struct amount *cap, char *const argv[], int *status,
             struct fault *f)
{
	struct bill b = {.path = path, .kind = kind, .cap = *cap};
	struct spend s;
	int result;

	if (spend_read(path, &s, f))
		return -1;
	b.first = xasprintf("%s#%d", about, spend_attempts(&s, about) + 1);
	b.open = xstrdup(b.first);
	spend_free(&s);
	result = spend_reserve(path, b.first, kind, cap, f);
	if (result == 0) {
		b.since = clock_seconds();
		b.until = b.since + cap->gpu_s;
		b.step = fmax(cap->gpu_s / STEPS, 0.1);
		result = run(&b, argv, status, f);
		b.cap.gpu_s = ceil((clock_seconds() - b.since) * 1e3) / 1e3;
		settle(path, b.open, &b.cap);
	}
	free(b.first);
	free(b.open);
	return result;
}
