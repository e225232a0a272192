/* measure - runs a command; says its time and memory on standard error */
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Prints "wall seconds, peak KiB"; exits as the command did. */
int main(int argc, char *argv[])
{
	struct rusage used;
	double start = now();
	int status;
	pid_t child;

	if (argc < 2)
		tool_usage("measure COMMAND [ARGUMENT...]");
	child = fork();
	if (child < 0)
		err(EXIT_TROUBLE, "fork");
	if (child == 0) {
		execvp(argv[1], argv + 1);
		err(127, "%s", argv[1]);
	}
	while (wait4(child, &status, 0, &used) < 0)
		if (errno != EINTR)
			err(EXIT_TROUBLE, "wait4");
	fprintf(stderr, "%.4f %ld\n", now() - start, used.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
