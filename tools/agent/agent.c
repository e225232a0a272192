/* agent - a coding agent's command line as a proposer
 *
 * It works in a workspace of its own (room.h), in a jail (cage.h), and has one
 * command, ./step, which is served from out here (door.h). An answer is what
 * it leaves there: the candidate and its proposal, made into a model's reply.
 * It has at most three turns for that: a turn that left nothing is followed by
 * another, in the same session where there is one, which says what is missing.
 *
 * AGENT names the program (claude), AGENT_USD and AGENT_TOKENS the most that a
 * turn may cost, AGENT_TIMEOUT_S how long it may take.
 */
#include "attempt.h"
#include "clock.h"
#include "errand.h"
#include "file.h"
#include "key.h"
#include "level.h"
#include "memory.h"
#include "program.h"
#include "stint.h"
#include "tool.h"
#include "variable.h"
#include "visible.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define TURNS 3
#define ABSURD 10 /* times its cap: no agent that heeds it spends that */

struct agent {
	struct errand errand;
	struct room room;
	struct amount cap; /* of a turn */
	char *program;
	struct words env, step_env;
	struct answer spent; /* by all turns: usd, usage, requests */
	int measured;        /* how often */
};

/* Where it really is: a name on PATH is often a link to elsewhere. */
static char *find_program(struct fault *f)
{
	const char *name = variable("AGENT");
	char *path, *real;

	if (!name)
		name = "claude";
	path = strchr(name, '/') ? xstrdup(name) : program_find(name);
	real = path ? realpath(path, NULL) : NULL;
	if (!real)
		fault_set(f,
		          "%s: no such program: install the coding agent's "
		          "command line, or name it with AGENT=",
		          name);
	free(path);
	return real;
}

static int read_limits(struct agent *a, struct fault *f)
{
	a->cap = (struct amount){.usd = 2, .tokens = 5000000};
	a->errand.limit_s = 3600;
	return variable_number("AGENT_USD", 0, 10000, &a->cap.usd, f) ||
	                       variable_count("AGENT_TOKENS", 0, 1000000000000,
	                                      &a->cap.tokens, f) ||
	                       variable_number("AGENT_TIMEOUT_S", 1, 86400,
	                                       &a->errand.limit_s, f)
	               ? -1
	               : 0;
}

static int prepare(struct agent *a, struct fault *f)
{
	struct errand *e = &a->errand;
	const char *level = sandbox_find_level(f);
	char *session;

	if (!level || read_limits(a, f) || !(a->program = find_program(f)) ||
	    room_open(e->q, &a->room, f))
		return -1;
	if (strcmp(level, "bwrap") == 0 && !(e->bwrap = level_bwrap(f)))
		return -1;
	e->room = &a->room;
	e->program = a->program;
	e->usd = a->cap.usd;
	session = file_read(a->room.session_path, SESSION_MAX - 1, NULL);
	if (session)
		strcpy(e->session, session);
	free(session);
	errand_step_environment(e, &a->step_env);
	return errand_environment(e, &a->env, f);
}

/* What the turn cost, by its own report; without one that can be believed, all
 * that it might have cost. */
static int settle(struct agent *a, const char *id, const struct receipt *r,
                  struct fault *f)
{
	struct amount spent = a->cap;

	if (!isnan(r->usd)) {
		spent.usd = r->usd;
		spent.tokens = usage_tokens(&r->usage);
	} else {
		warnx("agent: no report of what it spent that could be true: "
		      "charged at its cap, %.2f USD",
		      a->cap.usd);
	}
	a->spent.usd += spent.usd;
	a->spent.requests++;
	usage_add(&a->spent.usage, &r->usage);
	return attempt_end(a->errand.q, id, &spent, f);
}

/* A session goes on only where the agent said which it is. */
static int keep_session(struct agent *a, const struct receipt *r,
                        struct fault *f)
{
	char *session = a->errand.session;

	strcpy(session, r->is_there && !r->is_error ? r->session : "");
	if (file_write(a->room.session_path, session, strlen(session)))
		return fault_errno(f, "%s", a->room.session_path);
	return 0;
}

static void tell(const struct stint *s)
{
	char *words = visible_line(s->words.data ? s->words.data : "",
	                           s->words.len, 300);

	key_redact(words);
	if (s->is_late)
		warnx("agent: its time was over, or it printed too much");
	else if (WIFSIGNALED(s->status))
		warnx("agent: signal %d: %s", WTERMSIG(s->status), words);
	else if (WEXITSTATUS(s->status))
		warnx("agent: exit status %d: %s", WEXITSTATUS(s->status),
		      words);
	free(words);
}

static int work(struct agent *a, struct stint *s, struct fault *f)
{
	struct door d = {.room = a->room.dir,
	                 .taken = a->room.taken,
	                 .file = a->room.file,
	                 .env = (const char *const *)a->step_env.item};
	int failed = door_open(&d, f);

	if (failed)
		return failed;
	failed = stint_run(s, &d, f);
	door_close(&d);
	a->measured += d.measured;
	tell(s);
	return failed;
}

/* One turn of the agent. EXIT_YES also where it left nothing. */
static int turn(struct agent *a, const char *missing, struct fault *f)
{
	struct errand *e = &a->errand;
	struct words command = {NULL, 0};
	struct stint s = {.env = (const char *const *)a->env.item,
	                  .dir = e->bwrap ? NULL : a->room.dir,
	                  .limit_s = e->limit_s};
	struct receipt r;
	char *id, *task;
	int status = attempt_begin(e->q, "agent", &a->cap, &id, f), failed;

	if (status)
		return status;
	errand_command(e, &command);
	task = errand_task(e, missing, a->measured);
	s.argv = command.item;
	s.task = task;
	failed = work(a, &s, f);
	receipt_read(s.report.data ? s.report.data : "", s.report.len,
	             ABSURD * a->cap.usd, &r);
	failed = failed || settle(a, id, &r, f) || keep_session(a, &r, f);
	buffer_free(&s.report);
	buffer_free(&s.words);
	words_free(&command);
	free(task);
	free(id);
	return failed ? EXIT_TROUBLE : EXIT_YES;
}

/* Turns until there is a candidate: *text is NULL if there is none. */
static int turns(struct agent *a, char **text, struct fault *f)
{
	struct fault why;
	int status = EXIT_YES;

	*text = NULL;
	for (int i = 0; i < TURNS && !*text; i++) {
		status = turn(a, i ? why.text : NULL, f);
		if (status)
			return status;
		*text = room_reply(&a->room, a->errand.q, &why);
		if (!*text)
			warnx("agent: turn %d of %d: no candidate: %s", i + 1,
			      TURNS, why.text);
	}
	if (!*text) {
		fault_set(f,
		          "agent: stopped after %d turns without a candidate: "
		          "%.300s",
		          TURNS, why.text);
		status = EXIT_TROUBLE;
	}
	return status;
}

int agent_answer(const struct question *q, struct answer *out, struct fault *f)
{
	struct agent a = {.errand.q = q};
	const char *model = getenv("MODEL");
	double begun = clock_seconds();
	char *text;
	int status = prepare(&a, f) ? EXIT_TROUBLE : turns(&a, &text, f);

	if (status == EXIT_YES) {
		*out = a.spent;
		out->proposer = xstrdup("claude");
		out->model = xstrdup(model ? model : "");
		out->stop_reason = xstrdup("candidate");
		out->text = text;
		out->seconds = clock_seconds() - begun;
	}
	room_free(&a.room);
	words_free(&a.env);
	words_free(&a.step_env);
	free(a.program);
	return status;
}
