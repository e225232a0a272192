/* inspect - the candidate's device code under compute-sanitizer */
#include "cuda_judge.h"
#include "memory.h"
#include "tool.h"
#include "verdict.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define START_S 120.0
#define CALL_S 60.0   /* for a call, at least */
#define END_S 60.0    /* for the tool to say what it found */
#define MAX_LOG 65536 /* bytes of it that are read */
#define LOG_PATH "/proc/self/fd/7"
#define PREFIX "========= "

struct inspection {
	struct cuda_session *session;
	const char *tool;
	struct launcher launcher;
	uint32_t index; /* of the reference's runners */
	int log;
	const char *reason; /* of the launcher itself, or NULL */
	char detail[200];
};

/* Where it is installed; the caller frees. */
static char *find_sanitizer(struct fault *f)
{
	const char *home = getenv("CUDA_HOME");
	char *path = xasprintf("%s/compute-sanitizer/compute-sanitizer",
	                       home && *home ? home : "/usr/local/cuda");
	char *real = realpath(path, NULL);

	if (!real)
		fault_set(f,
		          "%s: not there: install it with the CUDA toolkit, "
		          "or take the tool out of the setting sanitize",
		          path);
	free(path);
	return real;
}

static int start(struct inspection *in, const struct captured *c,
                 struct fault *f)
{
	struct cuda_session *s = in->session;
	char *path = xasprintf("%s/candidate.cubin", s->dir);
	char *launcher = xasprintf("%s/launcher", tool_dir());
	char *code = xasprintf("%s/device.fatbin", tool_dir());
	char *sanitizer = find_sanitizer(f);
	int fd[5] = {-1, s->layout_fd, c->plan,
	             open(path, O_RDONLY | O_CLOEXEC), in->log};
	const char *const argv[] = {
	        sanitizer,       "--tool", in->tool, "--log-file",   LOG_PATH,
	        "--print-limit", "3",      launcher, "side-checked", NULL};
	const char *const reads[] = {launcher, code, NULL};
	int failed = -1;

	if (sanitizer && fd[3] < 0)
		fault_errno(f, "%s", path);
	else if (sanitizer)
		failed =
		        launcher_start(s, &in->launcher, argv, reads, fd, 5, f);
	if (fd[3] >= 0)
		close(fd[3]);
	free(path);
	free(launcher);
	free(code);
	free(sanitizer);
	return failed;
}

/* 1 with a good reply, 0 with a reason of the kernel's, -1 with the fault set.
 * A process that died has said why in the log. */
static int answer(struct inspection *in, struct wire_reply *reply, int *fd,
                  int *fds, double timeout_s, struct fault *f)
{
	int n = wire_receive(in->launcher.sock, reply, sizeof *reply, fd, fds,
	                     timeout_s);
	char line[160];

	if (n == 1 && reply->fault)
		return fault_set(f, "compute-sanitizer %s: %s", in->tool,
		                 reply->detail);
	if (n == 1 && *reply->reason) {
		in->reason = verdict_reason(reply->reason);
		snprintf(in->detail, sizeof in->detail, "%s", reply->detail);
		return 0;
	}
	if (n == 1)
		return 1;
	sandbox_last_words(&in->launcher.jail, line, sizeof line);
	return fault_set(f,
	                 "compute-sanitizer %s %s%s%s: judge a smaller "
	                 "workload, or take it out of the setting sanitize",
	                 in->tool,
	                 n < 0 ? "does not end the kernel's call" : "died",
	                 *line ? ": " : "", line);
}

static int adopt(struct inspection *in, struct fault *f)
{
	struct wire_request q = {.op = WIRE_ADOPT, .runner = in->index};
	struct wire_reply reply;
	int fd[WIRE_FDS], fds = WIRE_FDS;
	int n = answer(in, &reply, fd, &fds, START_S, f);

	if (n != 1)
		return n;
	n = reference_ask(in->session, &q, fd, fds, &reply, f);
	for (int i = 0; i < fds; i++)
		close(fd[i]);
	return n ? -1 : 1;
}

static int call(struct inspection *in, uint32_t workload, struct fault *f)
{
	struct wire_request q = {
	        .op = WIRE_FIRST, .workload = (uint32_t)workload, .count = 1};
	struct wire_reply reply;

	if (wire_send(in->launcher.sock, &q, sizeof q, NULL, 0) &&
	    errno != EPIPE && errno != ECONNRESET)
		return fault_errno(f, "launcher");
	return answer(in, &reply, NULL, NULL,
	              fmax(CALL_S, in->session->job->timeout_s), f);
}

/* The tool ends with the launcher, which ends when nobody asks any more. */
static void finish(struct inspection *in)
{
	const struct timespec nap = {0, 10000000};
	struct wire_request q = {.op = WIRE_DROP, .runner = in->index};
	struct wire_reply reply;
	struct fault f;

	if (in->launcher.sock)
		shutdown(in->launcher.sock, SHUT_RDWR);
	for (double left = END_S; in->launcher.sock && left > 0 &&
	                          !sandbox_ended(&in->launcher.jail);
	     left -= 0.01)
		nanosleep(&nap, NULL);
	launcher_stop(&in->launcher);
	reference_ask(in->session, &q, NULL, 0, &reply, &f);
}

/* A race, or a read of what nobody wrote, makes the answer a matter of luck. */
static const char *reason_of(const char *tool)
{
	return strcmp(tool, "memcheck") ? REASON_FLAKY : REASON_RED_ZONE;
}

/* Takes a finding's first two lines, which say what and where. */
static void take_finding(const char *tool, const char *text, char *detail,
                         size_t len)
{
	const char *second = strchr(text, '\n');
	int n = (int)strcspn(text, "\n");

	second = second ? second + strspn(second, "\n= ") : "";
	snprintf(detail, len, "%s: %.*s %.*s", tool, n, text,
	         (int)strcspn(second, "\n"), second);
}

/* What the tool found, into m. Without a summary it did not end well. */
static int read_log(struct inspection *in, struct measurement *m,
                    struct fault *f)
{
	char *text = xcalloc(MAX_LOG + 1, 1), *line = text;
	int summary = 0;

	if (pread(in->log, text, MAX_LOG, 0) < 0)
		*text = '\0';
	while ((line = strstr(line, PREFIX)) != NULL) {
		line += strlen(PREFIX);
		if (strstr(line, "SUMMARY") &&
		    strcspn(line, "\n") >
		            (size_t)(strstr(line, "SUMMARY") - line))
			summary = 1;
		else if (!m->reason && *line > ' ' &&
		         strncmp(line, "COMPUTE-SANITIZER", 17)) {
			m->reason = reason_of(in->tool);
			take_finding(in->tool, line, m->detail,
			             sizeof m->detail);
		}
	}
	if (!summary && !m->reason)
		fault_set(f, "compute-sanitizer %s did not end well: %.100s",
		          in->tool, text);
	free(text);
	return summary || m->reason ? 0 : -1;
}

/* One tool. */
static int inspect(struct cuda_session *s, const struct captured *c,
                   const char *tool, uint32_t workload, struct measurement *m,
                   struct fault *f)
{
	struct inspection in = {.session = s,
	                        .tool = tool,
	                        .index = s->runners++,
	                        .log = memfd_create("log", MFD_CLOEXEC)};
	int n = in.log < 0 ? fault_errno(f, "log") : start(&in, c, f);

	if (!n)
		n = adopt(&in, f);
	if (n == 1)
		n = call(&in, workload, f);
	finish(&in);
	if (n >= 0)
		n = read_log(&in, m, f);
	if (!n && !m->reason && in.reason) {
		m->reason = in.reason;
		memcpy(m->detail, in.detail, sizeof m->detail);
	}
	if (in.log >= 0)
		close(in.log);
	return n < 0 ? -1 : 0;
}

int cuda_inspect(struct cuda_session *s, uint32_t workload,
                 struct measurement *m, struct fault *f)
{
	const struct captured *c = captured_plan(s, CANDIDATE, f);
	char *words = xstrdup(s->job->sanitize), *rest = words, *tool;
	int failed = c ? 0 : -1;

	while (!failed && !m->reason &&
	       (tool = strtok_r(rest, " ", &rest)) != NULL)
		failed = inspect(s, c, tool, workload, m, f);
	free(words);
	return failed;
}
