/* front - what verify and bench share: make a job, have it judged, keep the
 * result
 */
#include "front.h"
#include "file.h"
#include "memory.h"
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

_Noreturn static void execute(const char *dir, int verbose, pid_t parent)
{
	char *program = xasprintf("%s/judge", tool_dir());

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() == parent)
		execl(program, "judge", verbose ? "-v" : "--", dir,
		      (char *)NULL);
	warn("%s", program);
	_exit(EXIT_TROUBLE);
}

/* Returns judge's exit code. */
static int run_judge(const char *dir, int verbose)
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
		execute(dir, verbose, parent);
	while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
		if (caught)
			kill(child, SIGTERM);
	}
	if (WIFEXITED(status))
		return WEXITSTATUS(status);
	if (!caught)
		warnx("judge: signal %d (%s)", WTERMSIG(status),
		      strsignal(WTERMSIG(status)));
	return EXIT_RETRY;
}

static int judge_in(const char *dir, const struct front *front)
{
	int is_bench = front->parts.phase == PHASE_BENCH, answer;
	struct fault f;
	char *result;

	if (job_write(dir, &front->parts, &f)) {
		warnx("%s", f.text);
		return EXIT_TROUBLE;
	}
	answer = caught ? EXIT_RETRY : run_judge(dir, front->verbose);
	if (answer != EXIT_YES && answer != EXIT_NO)
		return answer;
	result = xasprintf("%s/%s", dir,
	                   is_bench ? "bench.tsv" : "verify.jsonl");
	if (file_copy(result, front->output, MAX_RESULT)) {
		warn("%s", front->output);
		answer = EXIT_TROUBLE;
	}
	free(result);
	return answer;
}

int front_judge(const struct front *f)
{
	const char *temp = getenv("TMPDIR");
	char *dir = xasprintf("%s/ratchet-job-XXXXXX",
	                      temp && *temp ? temp : "/tmp");
	int answer;

	catch_signals();
	if (!mkdtemp(dir)) {
		warn("%s", dir);
		free(dir);
		return EXIT_TROUBLE;
	}
	answer = judge_in(dir, f);
	if (dir_remove(dir))
		warn("%s", dir);
	free(dir);
	if (caught) {
		signal(caught, SIG_DFL);
		raise(caught);
	}
	return answer;
}
