/* command - runs a program and waits: bounded time and output, no environment
 */
#include "command.h"
#include "clock.h"
#include "file.h"
#include "memory.h"
#include "program.h"
#include "sandbox.h"

#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define COMMAND_DISK_MAX (1ull << 30)
#define LOOK_S 0.2 /* how often the folder is measured */
#define NAP_MS 10  /* how soon an end is seen */

static volatile sig_atomic_t group; /* of the running child, or 0 */

static void end_with_child(int sig)
{
	if (group)
		kill(-(pid_t)group, SIGKILL);
	signal(sig, SIG_DFL);
	raise(sig);
}

/* Names relative to the folder keep what a compiler leaves behind inside it. */
static int start(const struct command *c, struct jailed *j, struct fault *f)
{
	char *path = xasprintf("PATH=%s", program_path());
	const char *env[] = {path, "TMPDIR=.", NULL};
	const char **argv;
	struct sandbox s = {.env = env,
	                    .fd = c->out,
	                    .nfd = c->out != NULL,
	                    .gpu = c->gpu,
	                    .dir = c->dir,
	                    .seen_as = c->seen_as,
	                    .writes = c->dir != NULL,
	                    .reads = c->reads,
	                    .forks = 1};
	size_t n = 0;
	int failed;

	while (c->argv[n])
		n++;
	argv = xcalloc(n + 1, sizeof *argv);
	for (size_t i = 0; i < n; i++)
		argv[i] = i ? c->argv[i] : c->file;
	s.argv = argv;
	failed = sandbox_spawn(&s, j, f);
	free(argv);
	free(path);
	return failed;
}

/* Keeps the first COMMAND_OUTPUT_MAX bytes. Returns 1 if it read something, 0
 * if there was nothing for so long, -1 if there can be no more. */
static int read_some(int fd, char *text, size_t *len, int wait_ms)
{
	char dropped[4096];
	struct pollfd p = {.fd = fd, .events = POLLIN};
	size_t room = COMMAND_OUTPUT_MAX - *len;
	ssize_t n;

	if (poll(&p, 1, wait_ms) <= 0)
		return 0;
	n = read(fd, room ? text + *len : dropped,
	         room ? room : sizeof dropped);
	if (n > 0 && room)
		*len += (size_t)n;
	return n > 0 ? 1 : -1;
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

/* Waits for it to end by itself, and keeps what it prints. Returns the bound
 * that it exceeded, or NULL. */
static const char *watch(const struct command *c, struct jailed *j, char *text,
                         size_t *len)
{
	const struct timespec nap = {.tv_nsec = 1000000};
	double end = clock_seconds() + c->limit_s, look = 0;
	int more = 1;

	while (!sandbox_ended(j)) {
		double now = clock_seconds();

		if (now >= end)
			return COMMAND_TIME;
		if (c->dir && now >= look) {
			if (dir_bytes(c->dir) > COMMAND_DISK_MAX)
				return "it filled its folder";
			look = now + LOOK_S;
		}
		if (more < 0)
			nanosleep(&nap, NULL);
		else
			more = read_some(j->log, text, len, NAP_MS);
	}
	do
		more = read_some(j->log, text, len, 0);
	while (more > 0);
	return NULL;
}

int command_run(const struct command *c, struct command_result *r,
                struct fault *f)
{
	double begin = clock_seconds();
	const char *exceeded;
	struct jailed j;
	size_t len = 0;

	*r = (struct command_result){.ok = 0};
	signal(SIGINT, end_with_child);
	signal(SIGTERM, end_with_child);
	signal(SIGHUP, end_with_child);
	if (start(c, &j, f))
		return -1;
	group = j.pid;
	r->output = xcalloc(COMMAND_OUTPUT_MAX + 64, 1);
	exceeded = watch(c, &j, r->output, &len);
	r->ok = j.ended && j.status == 0;
	if (exceeded)
		snprintf(r->ended, sizeof r->ended, "%s", exceeded);
	else
		sandbox_ending(&j, r->ended, sizeof r->ended);
	sandbox_kill(&j);
	sandbox_free(&j);
	group = 0;
	make_printable(r->output, len);
	r->seconds = clock_seconds() - begin;
	return 0;
}
