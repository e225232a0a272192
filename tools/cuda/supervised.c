/* supervised - the candidate's plan in a launcher that a tool watches */
#include "supervised.h"
#include "memory.h"
#include "tool.h"
#include "verdict.h"
#include "words.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define START_S 120.0
#define CALL_S 60.0 /* for a call, at least */
#define END_S 60.0  /* for the tool to say what it found */

static void gather(struct words *w, const char *const *list)
{
	for (; list && *list; list++)
		words_add(w, *list, NULL);
}

static int start(struct supervised *s, const struct captured *c,
                 const char *tool, const char *const *options,
                 const char *const *reads, struct fault *f)
{
	struct cuda_session *session = s->session;
	char *launcher = xasprintf("%s/launcher", tool_dir());
	char *code = xasprintf("%s/device.fatbin", tool_dir());
	int fd[5] = {-1, session->layout_fd, c->plan,
	             side_code(session, "candidate", f), s->log};
	struct words argv = {0}, sees = {0};
	int failed = -1;

	words_add(&argv, tool, NULL);
	gather(&argv, options);
	words_add(&argv, launcher, "side-checked", NULL);
	words_add(&sees, launcher, code, NULL);
	gather(&sees, reads);
	if (fd[3] >= 0)
		failed = launcher_start(
		        session, &s->launcher, (const char *const *)argv.item,
		        (const char *const *)sees.item, fd, 5, f);
	if (fd[3] >= 0)
		close(fd[3]);
	words_free(&argv);
	words_free(&sees);
	free(launcher);
	free(code);
	return failed;
}

/* 1 with a good reply, 0 with a reason of the kernel's, -1 with the fault set.
 * A process that died has said why in the log. */
static int answer(struct supervised *s, struct wire_reply *reply, int *fd,
                  int *fds, double timeout_s, struct fault *f)
{
	int n = wire_receive(s->launcher.sock, reply, sizeof *reply, fd, fds,
	                     timeout_s);
	char line[160];

	if (n == 1 && reply->fault)
		return fault_set(f, "%s: %s", s->tool, reply->detail);
	if (n == 1 && *reply->reason) {
		s->reason = verdict_reason(reply->reason);
		snprintf(s->detail, sizeof s->detail, "%s", reply->detail);
		return 0;
	}
	if (n == 1)
		return 1;
	sandbox_last_words(&s->launcher.jail, line, sizeof line);
	return fault_set(f,
	                 "%s %s%s%s: judge a smaller workload, or do without "
	                 "it",
	                 s->tool,
	                 n < 0 ? "does not end the kernel's call" : "died",
	                 *line ? ": " : "", line);
}

static int adopt(struct supervised *s, struct fault *f)
{
	struct wire_request q = {.op = WIRE_ADOPT, .runner = s->index};
	struct wire_reply reply;
	int fd[WIRE_FDS], fds = WIRE_FDS;
	int n = answer(s, &reply, fd, &fds, START_S, f);

	if (n != 1)
		return n;
	n = reference_ask(s->session, &q, fd, fds, &reply, f);
	for (int i = 0; i < fds; i++)
		close(fd[i]);
	return n ? -1 : 1;
}

static int call(struct supervised *s, uint32_t workload, struct fault *f)
{
	struct wire_request q = {
	        .op = WIRE_FIRST, .workload = (uint32_t)workload, .count = 1};
	struct wire_reply reply;

	if (wire_send(s->launcher.sock, &q, sizeof q, NULL, 0) &&
	    errno != EPIPE && errno != ECONNRESET)
		return fault_errno(f, "launcher");
	return answer(s, &reply, NULL, NULL,
	              fmax(CALL_S, s->session->job->timeout_s), f);
}

/* The tool ends with the launcher, which ends when nobody asks any more. */
static void finish(struct supervised *s)
{
	const struct timespec nap = {0, 10000000};
	struct wire_request q = {.op = WIRE_DROP, .runner = s->index};
	struct wire_reply reply;
	struct fault f;

	if (s->launcher.sock)
		shutdown(s->launcher.sock, SHUT_RDWR);
	for (double left = END_S;
	     s->launcher.sock && left > 0 && !sandbox_ended(&s->launcher.jail);
	     left -= 0.01)
		nanosleep(&nap, NULL);
	launcher_stop(&s->launcher);
	reference_ask(s->session, &q, NULL, 0, &reply, &f);
}

int supervised_run(struct supervised *s, struct cuda_session *session,
                   const char *name, const char *tool,
                   const char *const *options, const char *const *reads,
                   uint32_t workload, struct fault *f)
{
	const struct captured *c = captured_plan(session, CANDIDATE, f);
	int n;

	*s = (struct supervised){.session = session,
	                         .tool = name,
	                         .index = session->runners++,
	                         .log = memfd_create("log", MFD_CLOEXEC)};
	if (!c)
		return -1;
	if (c->reason) {
		s->reason = c->reason;
		memcpy(s->detail, c->detail, sizeof s->detail);
		return 0;
	}
	n = s->log < 0 ? fault_errno(f, "log")
	               : start(s, c, tool, options, reads, f);
	if (!n)
		n = adopt(s, f);
	if (n == 1)
		n = call(s, workload, f);
	finish(s);
	return n < 0 ? -1 : 0;
}

char *supervised_log(const struct supervised *s, size_t max)
{
	char *text = xcalloc(max + 1, 1);
	ssize_t n;

	for (size_t at = 0; at < max; at += (size_t)n) {
		n = pread(s->log, text + at, max - at, (off_t)at);
		if (n <= 0)
			break;
	}
	return text;
}
