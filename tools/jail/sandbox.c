/* sandbox - the one place that starts foreign code */
#include "sandbox.h"
#include "bwrap.h"
#include "children.h"
#include "enter.h"
#include "level.h"
#include "memory.h"
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY 65534
#define HIGH_FD 64 /* above ENTER_FIRST_FD + SANDBOX_FDS and ours */

#if defined(__SANITIZE_ADDRESS__)
#define IS_SANITIZED 1 /* shadow memory is larger than any bound */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define IS_SANITIZED 1
#endif
#endif
#ifndef IS_SANITIZED
#define IS_SANITIZED 0
#endif

/* Ours are [0] of log, report and info, and [1] of go and block. */
struct pipes {
	int log[2];    /* what it prints */
	int report[2]; /* enter's words */
	int go[2];     /* our answer */
	int info[2];   /* bubblewrap's words */
	int block[2];  /* where it waits for the users' maps */
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void close_pipes(struct pipes *p)
{
	for (int i = 0; i < 2; i++) {
		close_end(&p->log[i]);
		close_end(&p->report[i]);
		close_end(&p->go[i]);
		close_end(&p->info[i]);
		close_end(&p->block[i]);
	}
}

static int open_pipes(struct pipes *p, struct fault *f)
{
	memset(p, -1, sizeof *p);
	if (pipe2(p->log, O_CLOEXEC | O_NONBLOCK) == 0 &&
	    pipe2(p->report, O_CLOEXEC) == 0 && pipe2(p->go, O_CLOEXEC) == 0 &&
	    pipe2(p->info, O_CLOEXEC) == 0 && pipe2(p->block, O_CLOEXEC) == 0)
		return 0;
	fault_errno(f, "pipe");
	close_pipes(p);
	return -1;
}

/* In the child: the descriptors given, then report, go, info and block; and
 * the other end of info, for bubblewrap would die of a pipe that nobody reads
 * if we died now, and leave half a process behind. */
static int place_descriptors(const struct sandbox *s, const struct pipes *p)
{
	const int ours[] = {p->report[1], p->go[0], p->info[1], p->block[0],
	                    p->info[0]};
	const int extra = sizeof ours / sizeof *ours, count = (int)s->nfd;
	int high[SANDBOX_FDS + sizeof ours / sizeof *ours];
	int null = open("/dev/null", O_RDONLY), log;

	log = fcntl(p->log[1], F_DUPFD, HIGH_FD);
	for (int i = 0; i < count + extra; i++) {
		high[i] = fcntl(i < count ? s->fd[i] : ours[i - count], F_DUPFD,
		                HIGH_FD);
		if (high[i] < 0)
			return -1;
	}
	if (dup2(null, 0) < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0)
		return -1;
	for (int i = 0; i < count + extra; i++)
		if (dup2(high[i], ENTER_FIRST_FD + i) < 0)
			return -1;
	return close_range((unsigned)(ENTER_FIRST_FD + count + extra), ~0u, 0);
}

/* Where memory runs out, this goes first. */
static void volunteer(void)
{
	int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

	if (fd >= 0 && write(fd, "1000", 4) < 0)
		errno = 0; /* it is a courtesy */
	close_end(&fd);
}

_Noreturn static void execute(const struct sandbox *s, const struct pipes *p,
                              const struct words *command)
{
	sigset_t empty;

	sigemptyset(&empty);
	sigprocmask(SIG_SETMASK, &empty, NULL);
	setsid();
	volunteer();
	if (place_descriptors(s, p) == 0)
		execve(command->item[0], command->item, (char **)s->env);
	dprintf(2, "%s: %s", command->item[0], strerror(errno));
	_exit(127);
}

/* Half of the machine's memory for each process. */
static char *memory_bound(const struct sandbox *s)
{
	unsigned long long pages = (unsigned long long)sysconf(_SC_PHYS_PAGES);
	unsigned long long size = (unsigned long long)sysconf(_SC_PAGESIZE);

	return s->gpu || s->shadow || IS_SANITIZED
	               ? xstrdup("0")
	               : xasprintf("%llu", pages / 2 * size);
}

static void make_command(struct words *w, const char *bwrap,
                         const struct sandbox *s)
{
	char *fds = xasprintf("%zu", s->nfd), *bytes = memory_bound(s);
	char *enter = xasprintf("%s/enter", tool_dir());
	char *flags = xasprintf("%c%c%c", s->forks ? ENTER_FORKS : ENTER_PLAIN,
	                        bwrap ? ENTER_JAILED : ENTER_PLAIN,
	                        bwrap && bwrap_drops_root(s) ? ENTER_NOBODY
	                                                     : ENTER_PLAIN);
	char *program = bwrap ? bwrap_path(s->argv[0]) : xstrdup(s->argv[0]);

	if (bwrap)
		bwrap_command(w, bwrap, s, ENTER_FIRST_FD + (int)s->nfd + 2);
	else
		words_add(w, enter, NULL);
	words_add(w, fds, flags, bytes,
	          bwrap    ? bwrap_dir(s)
	          : s->dir ? s->dir
	                   : "/",
	          program, NULL);
	for (size_t i = 1; s->argv[i]; i++)
		words_add(w, s->argv[i], NULL);
	free(program);
	free(flags);
	free(enter);
	free(bytes);
	free(fds);
}

/* Reads all, until the other side closes. Returns the number of bytes. */
static size_t read_words(int fd, char *text, size_t room)
{
	size_t len = 0;
	ssize_t n;

	do {
		n = read(fd, text + len, room - 1 - len);
		len += n > 0 ? (size_t)n : 0;
	} while (n > 0 || (n < 0 && errno == EINTR));
	text[len] = '\0';
	return len;
}

/* What bubblewrap says which process it made, or 0. */
static pid_t read_pid(int info)
{
	char text[512];
	const char *at;
	int pid = 0;

	read_words(info, text, sizeof text);
	at = strstr(text, "\"child-pid\":");
	if (at && sscanf(at + strlen("\"child-pid\":"), "%d", &pid) != 1)
		pid = 0;
	return pid;
}

/* Inside, root is our root, for as long as it sets up the jail, and nobody is
 * our nobody. */
static int map_users(pid_t pid, int block)
{
	static const char *const name[] = {"uid_map", "gid_map"};
	static const char map[] = "0 0 1\n65534 65534 1\n";
	int failed = 0;

	for (int i = 0; i < 2 && !failed; i++) {
		char *path = xasprintf("/proc/%d/%s", (int)pid, name[i]);
		int fd = open(path, O_WRONLY | O_CLOEXEC);

		failed = fd < 0 ||
		         write(fd, map, sizeof map - 1) != sizeof map - 1;
		close_end(&fd);
		free(path);
	}
	return failed || write(block, "m", 1) != 1 ? -1 : 0;
}

static int is_ready(int report)
{
	char word = 0;
	ssize_t n;

	do
		n = read(report, &word, 1);
	while (n < 0 && errno == EINTR);
	return n == 1 && word == ENTER_READY;
}

/* From a forked child to a running program. bubblewrap's own process only
 * waits for ours; when it dies, ours is our child, whose stops and end we are
 * told of. */
static int bring_up(struct jailed *j, pid_t child, int is_bwrap, int drops,
                    const struct pipes *p)
{
	char words[4];
	siginfo_t ignored;
	int ready;

	j->pid = is_bwrap ? read_pid(p->info[0]) : child;
	ready = j->pid && (!drops || map_users(j->pid, p->block[1]) == 0) &&
	        is_ready(p->report[0]);
	if (is_bwrap)
		children_reap(child);
	if (j->pid &&
	    waitid(P_PID, (id_t)j->pid, &ignored, WEXITED | WNOHANG | WNOWAIT))
		j->pid = 0; /* it is gone */
	if (!j->pid)
		return -1;
	children_add(j->pid);
	return ready && write(p->go[1], "g", 1) == 1 &&
	                       read_words(p->report[0], words, sizeof words) ==
	                               0
	               ? 0
	               : -1;
}

int sandbox_spawn_in(const char *bwrap, const struct sandbox *s,
                     struct jailed *j, struct fault *f)
{
	struct words command = {NULL, 0};
	int drops = bwrap && bwrap_drops_root(s);
	char words[300];
	struct pipes p;
	pid_t child;

	*j = (struct jailed){.log = -1};
	if (s->nfd > SANDBOX_FDS)
		return fault_set(f, "%s: too many descriptors", s->argv[0]);
	if (drops && s->writes && chown(s->dir, NOBODY, NOBODY))
		return fault_errno(f, "%s", s->dir);
	if (open_pipes(&p, f))
		return -1;
	make_command(&command, bwrap, s);
	/* Orphans come here, where they are found. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child == 0)
		execute(s, &p, &command);
	words_free(&command);
	close_end(&p.log[1]);
	close_end(&p.report[1]);
	close_end(&p.go[0]);
	close_end(&p.info[1]);
	close_end(&p.block[0]);
	j->log = p.log[0];
	p.log[0] = -1;
	if (child > 0 && bring_up(j, child, bwrap != NULL, drops, &p) == 0) {
		close_pipes(&p);
		return 0;
	}
	close_pipes(&p);
	sandbox_kill(j);
	sandbox_last_words(j, words, sizeof words);
	sandbox_free(j);
	return fault_set(f, "%s",
	                 *words ? words : "a process cannot be started");
}

int sandbox_spawn(const struct sandbox *s, struct jailed *j, struct fault *f)
{
	const char *level = sandbox_find_level(f);
	const char *bwrap = NULL;

	if (!level)
		return -1;
	if (strcmp(level, "bwrap") == 0 && !(bwrap = level_bwrap(f)))
		return -1;
	return sandbox_spawn_in(bwrap, s, j, f);
}

/* The group outlives its leader, and keeps its number. */
void sandbox_condemn(const struct jailed *j)
{
	if (j->pid > 0)
		kill(-j->pid, SIGKILL);
}

void sandbox_kill(struct jailed *j)
{
	if (j->pid <= 0)
		return;
	sandbox_condemn(j);
	if (!j->ended)
		children_reap(j->pid);
	children_remove(j->pid);
	j->pid = 0;
	children_kill_strangers();
}

void sandbox_free(struct jailed *j)
{
	close_end(&j->log);
	*j = (struct jailed){.log = -1};
}
