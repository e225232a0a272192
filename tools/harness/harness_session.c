/* harness_session - session.h by a project's own commands
 *
 * Every call is a process, in a fresh copy of what was built, which nothing of
 * an earlier call can reach: `validate` where it is to be proved right,
 * `measure` where it is to be timed, whose number is the time. What is right
 * and how fast it is, the project says itself: the judge has only its own clock
 * beside it.
 */
#include "chore.h"
#include "cpu_name.h"
#include "device.h"
#include "file.h"
#include "memory.h"
#include "number.h"
#include "project.h"
#include "sandbox.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* So that a number is an int64_t when it counts billionths, with some digits.
 */
#define NUMBER_MIN 1e-6
#define NUMBER_MAX 9e9

struct harness_session {
	struct session base;
	const struct job *job;
	struct workshop workshop;
};

struct harness_runner {
	struct runner base;
	struct harness_session *session;
	int validates;
	struct tree tree;
};

static struct session *harness_open(const struct job *job, struct fault *f)
{
	struct harness_session *s = xcalloc(1, sizeof *s);

	(void)f;
	s->base = (struct session){.device = &harness_device,
	                           .timing = TIMING_USER};
	s->job = job;
	cpu_name(&s->base, (int)sysconf(_SC_NPROCESSORS_ONLN));
	workshop_open(&s->workshop);
	return &s->base;
}

static void harness_close(struct session *base)
{
	struct harness_session *s = (struct harness_session *)base;

	dir_remove(s->workshop.dir);
	free(s->workshop.dir);
	free(s->workshop.seen_as);
	free(s);
}

static struct runner *harness_start(struct session *base, enum side side,
                                    int writable, struct fault *f)
{
	struct harness_session *s = (struct harness_session *)base;
	struct harness_runner *r = xcalloc(1, sizeof *r);
	char *dir =
	        job_file(s->job, side == CANDIDATE ? "candidate" : "incumbent");
	int failed = tree_list(dir, "", &r->tree, f);

	r->base.device = &harness_device;
	r->session = s;
	r->validates = writable;
	free(dir);
	if (!failed)
		return &r->base;
	tree_free(&r->tree);
	free(r);
	return NULL;
}

static void harness_stop(struct runner *base)
{
	struct harness_runner *r = (struct harness_runner *)base;

	tree_free(&r->tree);
	free(r);
}

/* The folder as it was built, and nothing else. */
static int make_copy(struct harness_runner *r, struct fault *f)
{
	const char *dir = r->session->workshop.dir;

	if ((file_exists(dir) && dir_remove(dir)) || mkdir(dir, 0700))
		return fault_errno(f, "%s", dir);
	return tree_copy(&r->tree, dir, 1, f);
}

/* The last line of a text, without what is blank around it. */
static char *last_line(char *text)
{
	size_t n = strlen(text);
	char *line;

	while (n && strchr(" \t\r\n", text[n - 1]))
		text[--n] = '\0';
	line = strrchr(text, '\n');
	line = line ? line + 1 : text;
	return line + strspn(line, " \t");
}

/* What the command said with its last line. */
static void take_number(char *out, struct measurement *m)
{
	const char *line = last_line(out);
	double x;

	if (number_read(line, &x) == 0 && x >= NUMBER_MIN && x <= NUMBER_MAX) {
		m->time_ns = llround(x * 1e9);
		return;
	}
	m->reason = REASON_NO_NUMBER;
	snprintf(m->detail, sizeof m->detail,
	         "measure: want a number from %g to %g as the last line of its "
	         "output, got '%.80s'",
	         NUMBER_MIN, NUMBER_MAX, line);
	for (char *p = m->detail; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

/* A command that did not end well. */
static void take_failure(const char *what, struct command_result *c,
                         struct measurement *m)
{
	int exited = strncmp(c->ended, "exit ", 5) == 0;

	m->reason = strcmp(c->ended, COMMAND_TIME) == 0       ? REASON_TIMEOUT
	            : exited && strcmp(what, "validate") == 0 ? REASON_WRONG
	                                                      : REASON_DIED;
	snprintf(m->detail, sizeof m->detail, "%s: %s: %.100s", what, c->ended,
	         last_line(c->output));
}

static int call(struct harness_runner *r, struct measurement *m,
                struct fault *f)
{
	const struct settings *s = &r->session->job->settings;
	const char *what = r->validates ? "validate" : "measure";
	struct command_result c;
	char out[CHORE_OUT] = "";
	int failed =
	        make_copy(r, f) || chore_run(settings_string(s, what, ""), s,
	                                     &r->session->workshop,
	                                     r->validates ? NULL : out, &c, f);

	if (failed)
		return -1;
	if (!c.ok)
		take_failure(what, &c, m);
	else if (!r->validates)
		take_number(out, m);
	m->wall_ns = llround(c.seconds * 1e9);
	free(c.output);
	return 0;
}

static int harness_measure(struct runner *base, size_t workload, const int *set,
                           int count, const char *mode, struct measurement *m,
                           struct fault *f)
{
	int64_t time_ns = 0, wall_ns = 0;

	(void)workload;
	(void)set;
	(void)mode;
	memset(m, 0, sizeof *m);
	for (int i = 0; i < count && !m->reason; i++) {
		if (call((struct harness_runner *)base, m, f))
			return -1;
		time_ns += m->time_ns;
		wall_ns += m->wall_ns;
		m->wrong_call = i + 1;
	}
	m->time_ns = time_ns;
	m->wall_ns = wall_ns;
	return 0;
}

/* There is no other clock. */
static int harness_batch(struct runner *r, size_t workload, int calls,
                         struct measurement *m, struct fault *f)
{
	(void)r;
	(void)workload;
	(void)calls;
	(void)m;
	(void)f;
	return 1;
}

static int64_t harness_anchor_ns(struct session *s)
{
	(void)s;
	return 0;
}

const struct device harness_device = {
        .open = harness_open,
        .close = harness_close,
        .start = harness_start,
        .stop = harness_stop,
        .measure = harness_measure,
        .batch = harness_batch,
        .anchor_ns = harness_anchor_ns,
};
