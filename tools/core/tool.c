/* tool - what every program's main() shares: exit codes and a checked end */
#include "tool.h"

#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void close_stdout(void)
{
	int failed = ferror(stdout);

	if (fclose(stdout) || failed) {
		warn("standard output");
		_exit(EXIT_TROUBLE);
	}
}

void tool_start(void)
{
	if (atexit(close_stdout))
		err(EXIT_TROUBLE, "atexit");
}

void tool_usage(const char *synopsis)
{
	fprintf(stderr, "usage: %s\n", synopsis);
	exit(EXIT_TROUBLE);
}

const char *tool_dir(void)
{
	static char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	char *slash;

	if (n < 0)
		err(EXIT_TROUBLE, "/proc/self/exe");
	path[n] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	return path;
}
