/* inspect - the candidate's device code under compute-sanitizer */
#include "memory.h"
#include "supervised.h"
#include "verdict.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MAX_LOG 65536 /* bytes of it that are read */
#define PREFIX "========= "

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

/* A race, or a read of what nobody wrote, makes the answer a matter of luck. */
static const char *reason_of(const char *tool)
{
	return strcmp(tool, "memcheck") ? REASON_FLAKY : REASON_RED_ZONE;
}

/* "f(int, float)+0x40" becomes "f+0x40", or the rest may have no room. */
static void drop_parameters(char *text)
{
	for (char *end = text; (end = strstr(end, ")+")) != NULL;) {
		char *begin = end;
		int depth = 1;

		while (depth && begin > text) {
			begin--;
			depth += (*begin == ')') - (*begin == '(');
		}
		memmove(begin, end + 1, strlen(end + 1) + 1);
		end = begin + 1;
	}
}

/* Takes a finding's first two lines, which say what and where. */
static void take_finding(const char *tool, const char *text, char *detail,
                         size_t len)
{
	const char *second = strchr(text, '\n');
	int n = (int)strcspn(text, "\n");
	char *all;

	second = second ? second + strspn(second, "\n= ") : "";
	all = xasprintf("%s: %.*s %.*s", tool, n, text,
	                (int)strcspn(second, "\n"), second);
	drop_parameters(all);
	snprintf(detail, len, "%s", all);
	free(all);
}

/* What the tool found, into m. Without a summary it did not end well. */
static int read_log(const struct supervised *s, const char *tool,
                    struct measurement *m, struct fault *f)
{
	char *text = supervised_log(s, MAX_LOG), *line = text;
	int summary = 0;

	while ((line = strstr(line, PREFIX)) != NULL) {
		line += strlen(PREFIX);
		if (strstr(line, "SUMMARY") &&
		    strcspn(line, "\n") >
		            (size_t)(strstr(line, "SUMMARY") - line))
			summary = 1;
		else if (!m->reason && *line > ' ' &&
		         strncmp(line, "COMPUTE-SANITIZER", 17)) {
			m->reason = reason_of(tool);
			take_finding(tool, line, m->detail, sizeof m->detail);
		}
	}
	if (!summary && !m->reason && !s->reason)
		fault_set(f, "compute-sanitizer %s did not end well: %.100s",
		          tool, text);
	free(text);
	return summary || m->reason || s->reason ? 0 : -1;
}

/* One tool. */
static int inspect(struct cuda_session *session, const char *tool,
                   uint32_t workload, struct measurement *m, struct fault *f)
{
	char *name = xasprintf("compute-sanitizer %s", tool);
	char *sanitizer = find_sanitizer(f);
	const char *const options[] = {
	        "--tool",        tool, "--log-file", SUPERVISED_LOG,
	        "--print-limit", "3",  NULL};
	struct supervised s = {.log = -1};
	int failed = -1;

	if (sanitizer)
		failed = supervised_run(&s, session, name, sanitizer, options,
		                        NULL, workload, f);
	if (!failed)
		failed = read_log(&s, tool, m, f);
	if (!failed && !m->reason && s.reason) {
		m->reason = s.reason;
		memcpy(m->detail, s.detail, sizeof m->detail);
	}
	if (s.log >= 0)
		close(s.log);
	free(sanitizer);
	free(name);
	return failed;
}

int cuda_inspect(struct cuda_session *s, uint32_t workload,
                 struct measurement *m, struct fault *f)
{
	char *words = xstrdup(s->job->sanitize), *rest = words, *tool;
	int failed = 0;

	while (!failed && !m->reason &&
	       (tool = strtok_r(rest, " ", &rest)) != NULL)
		failed = inspect(s, tool, workload, m, f);
	free(words);
	return failed;
}
