/* room - the workspace of one experiment's agent, and what is found in it */
#include "room.h"
#include "file.h"
#include "memory.h"
#include "statement.h"
#include "variable.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANDIDATE_MAX ((size_t)4 << 20)

static const char *setting(const char *name, struct fault *f)
{
	const char *value = variable(name);

	if (!value)
		fault_set(f,
		          "%s: not set: an agent is asked by make optimize "
		          "PROPOSER=claude",
		          name);
	return value;
}

static int run_workspace(const char *const *argv, struct fault *f)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (null >= 0 && dup2(null, STDOUT_FILENO) >= 0)
			execv(argv[0], (char **)argv);
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return fault_errno(f, "%s", argv[0]);
	return status == 0 ? 0
	                   : fault_set(f,
	                               "%s: failed: an agent is asked at the "
	                               "root of the repository",
	                               argv[0]);
}

/* What is known of the kernel: all that a model would be told. */
static int write_brief(const char *path, const struct conversation *c,
                       struct fault *f)
{
	char *text = xasprintf("%s\n%s", c->system, c->turn[0].prompt);
	int failed = file_write(path, text, strlen(text));

	free(text);
	return failed ? fault_errno(f, "%s", path) : 0;
}

static int make_room(const struct room *r, const struct question *q,
                     const char *device, struct fault *f)
{
	char *brief = xasprintf("%s/brief.md", r->taken);
	const char *argv[] = {"tools/workspace.sh", device, r->dir, brief,
	                      NULL};
	int failed = 0;

	if (dir_make(r->taken) || dir_make(r->home))
		failed = fault_errno(f, "%s", r->taken);
	else if (!file_exists(r->dir))
		failed = write_brief(brief, q->said, f) ||
		         run_workspace(argv, f);
	free(brief);
	return failed ? -1 : 0;
}

/* The name of the experiment, a conversation's first part. */
static char *find_base(const struct question *q, const char *build,
                       const char *kernel)
{
	char here[PATH_MAX] = "";
	const char *root = *build == '/' ? "" : getcwd(here, sizeof here);

	return xasprintf("%s%s%s/agent/%s/%.*s", root ? root : "",
	                 *build == '/' ? "" : "/", build, kernel,
	                 (int)strcspn(q->name, "/"), q->name);
}

int room_open(const struct question *q, struct room *out, struct fault *f)
{
	const char *build = setting("BUILD", f), *kernel = setting("KERNEL", f);
	const char *kernels = setting("KERNELS", f);
	const char *device = setting("DEVICE", f);
	char *base, *path;
	int failed;

	*out = (struct room){0};
	if (!build || !kernel || !kernels || !device)
		return -1;
	base = find_base(q, build, kernel);
	out->dir = xasprintf("%s/room", base);
	out->home = xasprintf("%s/home", base);
	out->taken = xasprintf("%s/taken", base);
	out->session_path = xasprintf("%s/session", base);
	out->file = xasprintf("solution.%s",
	                      strcmp(device, "cuda") == 0 ? "cu" : "c");
	path = xasprintf("%s/%s/%s", kernels, kernel, out->file);
	out->incumbent = file_read(path, CANDIDATE_MAX, NULL);
	if (out->incumbent)
		failed = make_room(out, q, device, f);
	else
		failed = fault_errno(f, "%s: an agent edits one source", path);
	free(path);
	free(base);
	return failed;
}

void room_free(struct room *r)
{
	free(r->dir);
	free(r->home);
	free(r->taken);
	free(r->session_path);
	free(r->file);
	free(r->incumbent);
	*r = (struct room){0};
}

static char *read_in(const struct room *r, const char *name, size_t max,
                     size_t *len, struct fault *why)
{
	char *text = file_read_beneath(r->dir, name, max, len);

	if (!text)
		fault_errno(why, "%s", name);
	return text;
}

static char *compose(const struct room *r, const struct reply *fields,
                     const char *source, size_t len)
{
	int ends = len == 0 || source[len - 1] == '\n';
	char *lines = statement_text(fields);
	char *text = xasprintf("%s\n<<<<<<< WHOLE %s\n%s%s>>>>>>>\n", lines,
	                       r->file, source, ends ? "" : "\n");

	free(lines);
	return text;
}

/* It is what a model's reply must be, and not the last one again. */
static int is_reply(const char *text, const struct question *q,
                    struct fault *why)
{
	size_t count = q->said->count;
	const char *last = count > 1 ? q->said->turn[count - 2].reply : NULL;
	struct reply parsed;

	if (last && strcmp(last, text) == 0) {
		fault_set(why, "nothing was changed since the last time");
		return 0;
	}
	if (reply_read(text, strlen(text), &parsed, why))
		return 0;
	reply_free(&parsed);
	return 1;
}

char *room_reply(const struct room *r, const struct question *q,
                 struct fault *why)
{
	size_t len, words;
	char *source = read_in(r, r->file, CANDIDATE_MAX, &len, why);
	char *fields = NULL, *text = NULL;
	struct reply plan;

	if (source && strlen(source) != len)
		fault_set(why, "%s: a byte NUL", r->file);
	else if (source && strcmp(source, r->incumbent) == 0)
		fault_set(why, "%s: nothing was changed", r->file);
	else if (source)
		fields = read_in(r, "proposal.txt", STATEMENT_MAX, &words, why);
	if (fields &&
	    statement_read(fields, words, "proposal.txt", &plan, why) == 0) {
		text = compose(r, &plan, source, len);
		reply_free(&plan);
	}
	if (text && !is_reply(text, q, why)) {
		free(text);
		text = NULL;
	}
	free(fields);
	free(source);
	return text;
}
