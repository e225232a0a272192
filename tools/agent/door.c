/* door - ./step for an agent in its jail */
#include "door.h"
#include "file.h"
#include "memory.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANDIDATE_MAX ((size_t)4 << 20)
#define PROPOSAL_MAX ((size_t)64 << 10)
#define WORDS 4

/* Those that change nothing on file. */
static const char *const served[] = {"bench",   "doctor", "help",
                                     "inspect", "log",    "profile",
                                     "read",    "status", "verify"};

int door_open(struct door *d, struct fault *f)
{
	char *path = xasprintf("%s/.step/requests", d->room);

	d->child = 0;
	d->len = 0;
	d->too_long = d->requests = d->measured = 0;
	unlink(path);
	/* For both, so that it never ends while nobody asks. */
	d->pipe = mkfifo(path, 0600)
	                  ? -1
	                  : open(path,
	                         O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (d->pipe < 0)
		fault_errno(f, "%s", path);
	free(path);
	return d->pipe < 0 ? -1 : 0;
}

static char *answer_path(const struct door *d, const char *what)
{
	return xasprintf("%s/.step/%s.%s", d->room, d->id, what);
}

static int write_status(struct door *d, int status, struct fault *f)
{
	char *path = answer_path(d, "status");
	char *text = xasprintf("%d\n", status);
	int failed = file_write(path, text, strlen(text));

	if (failed)
		fault_errno(f, "%s", path);
	free(text);
	free(path);
	return failed;
}

static int refuse(struct door *d, const char *why, struct fault *f)
{
	char *path = answer_path(d, "output");
	char *text = xasprintf("step: %s\n", why);
	int failed = file_write(path, text, strlen(text));

	if (failed)
		fault_errno(f, "%s", path);
	free(text);
	free(path);
	return failed ? -1 : write_status(d, EXIT_TROUBLE, f);
}

/* What the agent has now, as files of ours. A missing one is step's to say. */
static void take_candidate(const struct door *d)
{
	char *to = xasprintf("%s/%s", d->taken, d->file);

	unlink(to);
	file_copy_beneath(d->room, d->file, to, CANDIDATE_MAX);
	free(to);
	to = xasprintf("%s/proposal.txt", d->taken);
	unlink(to);
	file_copy_beneath(d->room, "proposal.txt", to, PROPOSAL_MAX);
	free(to);
}

static _Noreturn void become_step(const struct door *d, int out,
                                  const char *const *word)
{
	int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
	sigset_t empty;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	signal(SIGPIPE, SIG_DFL);
	setsid();
	if (null >= 0 && dup2(null, 0) >= 0 && dup2(out, 1) >= 0 &&
	    dup2(out, 2) >= 0)
		execve(word[0], (char **)word, (char **)d->env);
	_exit(127);
}

static int start(struct door *d, const char *const *word, struct fault *f)
{
	char *path = answer_path(d, "output");
	int out =
	        open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	             0644);

	if (out < 0) {
		fault_errno(f, "%s", path);
		free(path);
		return -1;
	}
	free(path);
	take_candidate(d);
	d->measured += !strcmp(word[1], "bench") || !strcmp(word[1], "verify");
	d->child = fork();
	if (d->child == 0)
		become_step(d, out, word);
	close(out);
	return d->child < 0 ? fault_errno(f, "fork") : 0;
}

static int is_served(const char *word)
{
	for (size_t i = 0; i < sizeof served / sizeof *served; i++)
		if (strcmp(word, served[i]) == 0)
			return 1;
	return 0;
}

/* A whole line. One without an id has no answer. */
static int hear(struct door *d, struct fault *f)
{
	const char *word[WORDS + 2] = {"./step"};
	size_t n = 1, id = strspn(d->line, "0123456789"), len;
	char *rest = d->line + id, *save = NULL, *at, *path;

	if (id == 0 || id >= sizeof d->id || *rest != ' ')
		return 0;
	memcpy(d->id, d->line, id);
	d->id[id] = '\0';
	path = answer_path(d, "output");
	len = (size_t)file_exists(path);
	free(path);
	if (len || d->requests == DOOR_REQUESTS)
		return 0;
	d->requests++;
	if (strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789_ ") !=
	    strlen(rest))
		return refuse(d, "want lower-case words", f);
	for (at = strtok_r(rest, " ", &save); at && n <= WORDS;
	     at = strtok_r(NULL, " ", &save))
		word[n++] = at;
	if (at)
		return refuse(d, "too many words", f);
	if (n == 1)
		word[n++] = "help";
	if (!is_served(word[1]))
		return refuse(d,
		              "here are: bench, doctor, help, inspect, log, "
		              "profile, read, status, verify. What you leave "
		              "in the folder is judged when you have finished",
		              f);
	return start(d, word, f);
}

/* Reads up to the end of one line, but not for ever. Returns 1 if there is
 * one. */
static int read_line(struct door *d)
{
	char c;

	for (int i = 0; i < 4096 && read(d->pipe, &c, 1) == 1; i++) {
		if (c != '\n') {
			if (d->len + 1 < sizeof d->line && c)
				d->line[d->len++] = c;
			else
				d->too_long = 1;
			continue;
		}
		d->line[d->len] = '\0';
		d->len = 0;
		if (!d->too_long)
			return 1;
		d->too_long = 0;
	}
	return 0;
}

int door_serve(struct door *d, struct fault *f)
{
	int status;

	if (!d->child)
		return read_line(d) ? hear(d, f) : 0;
	if (waitpid(d->child, &status, WNOHANG) != d->child)
		return 0;
	d->child = 0;
	return write_status(
	        d, WIFEXITED(status) ? WEXITSTATUS(status) : EXIT_TROUBLE, f);
}

void door_close(struct door *d)
{
	char *path = xasprintf("%s/.step/requests", d->room);

	if (d->child > 0) {
		kill(-d->child, SIGKILL);
		waitpid(d->child, NULL, 0);
	}
	d->child = 0;
	unlink(path);
	close(d->pipe);
	free(path);
}
