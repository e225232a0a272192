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

static char dir[PATH_MAX];

void tool_is_library(const char *path)
{
	snprintf(dir, sizeof dir, "%.*s", (int)(strrchr(path, '/') - path),
	         path);
}

const char *tool_dir(void)
{
	ssize_t n;

	if (*dir)
		return dir;
	n = readlink("/proc/self/exe", dir, sizeof dir - 1);
	if (n < 0)
		err(EXIT_TROUBLE, "/proc/self/exe");
	dir[n] = '\0';
	*strrchr(dir, '/') = '\0';
	return dir;
}
