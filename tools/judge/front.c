/* front - what verify and bench share: make a job, have it judged, keep the
 * result
 */
#include "front.h"
#include "file.h"
#include "memory.h"
#include "returned.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_RESULT ((size_t)64 << 20)
#define REFUSED_BESIDE_OTHERS (-1)

static volatile sig_atomic_t caught; /* the signal that ends the program */

int front_option(struct front *f, int option, const char *argument)
{
	char *end;

	switch (option) {
	case 'c':
		f->parts.cache = argument;
		return 0;
	case 'k':
		f->parts.kernel_dir = argument;
		return 0;
	case 'm':
		f->parts.select = argument;
		return 0;
	case 'o':
		f->output = argument;
		return 0;
	case 't':
		f->parts.budget_s = strtod(argument, &end);
		return *end || !(f->parts.budget_s >= 1 &&
		                 f->parts.budget_s <= 1e6)
		               ? -1
		               : 0;
	case 'v':
		f->verbose = 1;
		return 0;
	case 'w':
		f->parts.workloads = argument;
		return 0;
	}
	return -1;
}

int front_is_complete(const struct front *f)
{
	return f->parts.cache && f->parts.kernel_dir && f->parts.workloads &&
	       f->output;
}

static void catch (int sig)
{
	caught = sig;
}

static void catch_signals(void)
{
	static const int ends[] = {SIGHUP, SIGINT, SIGTERM};
	struct sigaction action = {.sa_handler = catch};

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		sigaction(ends[i], &action, NULL);
}

static int is_here(void)
{
	const char *name = getenv("RUNNER");

	return !name || !*name || strcmp(name, "local") == 0;
}

/* What brings a job to where it is judged, by the variable RUNNER: on this
 * machine judge itself, else a program of ours as ratchet-runner(7) says.
 * Returns NULL where there is none. */
static char *find_runner(void)
{
	const char *name = getenv("RUNNER");
	char *path;

	if (is_here())
		return xasprintf("%s/judge", tool_dir());
	path = xasprintf("%s/run-%s", tool_dir(), name);
	if (name[strspn(name, "abcdefghijklmnopqrstuvwxyz")] ||
	    access(path, X_OK)) {
		free(path);
		return NULL;
	}
	return path;
}

_Noreturn static void execute(const char *program, const char *dir, int verbose,
                              pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent)
		execl(program, program, verbose ? "-v" : "--", dir,
		      (char *)NULL);
	warn("%s", program);
	_exit(EXIT_TROUBLE);
}

/* Returns the runner's exit code, which is judge's. */
static int run(const char *program, const char *dir, int verbose)
{
	pid_t parent = getpid(), child;
	int status = 0;

	fflush(NULL);
	child = fork();
	if (child < 0) {
		warn("fork");
		return EXIT_RETRY;
	}
	if (child == 0)
		execute(program, dir, verbose, parent);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
		if (caught)
			kill(child, SIGTERM);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (!caught)
		warnx("%s: signal %d (%s)", program, WTERMSIG(status),
		      strsignal(WTERMSIG(status)));
	return EXIT_RETRY;
}

/* NAME in the folder of a file. */
static char *beside(const char *path, const char *name)
{
	const char *slash = strrchr(path, '/');

	return xasprintf("%.*s%s", slash ? (int)(slash - path + 1) : 0, path,
	                 name);
}

/* Moves a job's result to where it is wanted, if it is that, and can be
 * compared with what is there already. */
static int keep(const struct job *j, const struct front *front)
{
	char *base = beside(front->parts.candidate, "base.json"), *result;
	struct fault f;
	int answer = returned_here(j, base, &f);

	free(base);
	if (answer < 0) {
		warnx("%s", f.text);
		return EXIT_RETRY;
	}
	result = job_file(j, returned_name(j));
	if (file_copy(result, front->output, MAX_RESULT)) {
		warn("%s", front->output);
		answer = EXIT_TROUBLE;
	}
	free(result);
	return answer;
}

static int judge_in(const char *dir, const struct front *front)
{
	char *program = find_runner();
	struct job *j = NULL;
	struct fault f;
	int answer = EXIT_TROUBLE;

	if (!program)
		warnx("RUNNER=%s: want local, or the name of a run-NAME in %s",
		      getenv("RUNNER"), tool_dir());
	else if (job_write(dir, &front->parts, &f) || !(j = job_read(dir, &f)))
		warnx("%s", f.text);
	else
		answer =
		        caught ? EXIT_RETRY : run(program, dir, front->verbose);
	if (answer == EXIT_NO && is_here() && job_shares(j))
		answer = REFUSED_BESIDE_OTHERS;
	if (answer == EXIT_YES || answer == EXIT_NO)
		answer = keep(j, front);
	if (j)
		job_free(j);
	free(program);
	return answer;
}

static int judge_once(const struct front *f)
{
	const char *temp = getenv("TMPDIR");
	char *dir = xasprintf("%s/ratchet-job-XXXXXX",
	                      temp && *temp ? temp : "/tmp");
	int answer;

	if (!mkdtemp(dir)) {
		warn("%s", dir);
		free(dir);
		return EXIT_TROUBLE;
	}
	answer = judge_in(dir, f);
	if (dir_remove(dir))
		warn("%s", dir);
	free(dir);
	return answer;
}

/* Others take a kernel's time, and with it more than its timeout allows: who is
 * right beside them is right, who is refused may not be wrong. */
int front_judge(const struct front *f)
{
	int answer;

	catch_signals();
	answer = judge_once(f);
	if (answer == REFUSED_BESIDE_OTHERS) {
		warnx("refused beside others: judged again, alone");
		unsetenv("SHARE_DEVICE");
		answer = caught ? EXIT_RETRY : judge_once(f);
	}
	if (caught) {
		signal(caught, SIG_DFL);
		raise(caught);
	}
	return answer;
}
