/* agent - a coding agent's command line as a proposer
 *
 * It works in a workspace of its own (room.h), in a jail (cage.h), and has one
 * command, ./step, which is served from out here (door.h). An answer is what
 * it leaves there: the candidate and its proposal, made into a model's reply.
 * It has at most three turns for that: a turn that left nothing is followed by
 * another, in the same session where there is one, which says what is missing.
 *
 * AGENT names the program (claude), AGENT_USD and AGENT_TOKENS the most that a
 * turn may cost, AGENT_TIMEOUT_S how long it may take. The flags are those of
 * the Claude Code command line; none of them lifts a permission.
 */
#include "attempt.h"
#include "bounds.h"
#include "cage.h"
#include "clock.h"
#include "file.h"
#include "key.h"
#include "level.h"
#include "memory.h"
#include "program.h"
#include "receipt.h"
#include "room.h"
#include "sandbox.h"
#include "stint.h"
#include "tool.h"
#include "visible.h"
#include "words.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define TURNS 3
#define ABSURD 10 /* times its cap: no agent that heeds it spends that */

struct agent {
	const struct question *q;
	struct room room;
	struct amount cap; /* of a turn */
	double limit_s;    /* likewise */
	char *program;
	const char *bwrap; /* NULL: no jail, since the user said so */
	struct words env, step_env;
	struct answer spent; /* of all turns: usd, usage, requests */
	char session[SESSION_MAX];
};

static const char task[] =
        "Make one candidate. Nobody is there to answer questions.\n\n"
        "Read CLAUDE.md, the rules, and brief.md, what is known of the kernel "
        "(it was written for a model that answers in blocks of text: you edit "
        "files instead). records/ has more.\n"
        "1. Choose one change.\n"
        "2. Write its four lines into proposal.txt: HYPOTHESIS:, MECHANISM:, "
        "PREDICTS: a number alone, such as 1.15, and RISK:.\n"
        "3. Make it in %s, and in no other file.\n"
        "4. ./step verify, and mend what it finds; ./step bench, if you want "
        "to know.\n"
        "5. Stop. What then stands in these two files is judged; ./step try "
        "is not for you.\n"
        "This turn ends after %.0f minutes at the latest.\n";

static void set(struct words *env, const char *name, const char *value)
{
	char *text = xasprintf("%s=%s", name, value);

	words_add(env, text, NULL);
	free(text);
}

static void pass(struct words *env, const char *const *name)
{
	for (; *name; name++) {
		const char *value = getenv(*name);

		if (value && *value)
			set(env, *name, value);
	}
}

/* Its key is for it alone: the keys are hidden from all other programs. */
static int make_agent_env(struct agent *a, struct fault *f)
{
	static const char *const passed[] = {
	        "ANTHROPIC_BASE_URL", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
	        "SSL_CERT_FILE",      "PATH",        NULL};
	const char *key, *effort = getenv("EFFORT");

	pass(&a->env, passed);
	set(&a->env, "HOME", a->bwrap ? CAGE_HOME : a->room.home);
	set(&a->env, "LANG", "C.UTF-8");
	set(&a->env, "TERM", "dumb");
	set(&a->env, "DISABLE_AUTOUPDATER", "1");
	set(&a->env, "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1");
	if (effort && *effort)
		set(&a->env, "CLAUDE_CODE_EFFORT_LEVEL", effort);
	if (key_find("ANTHROPIC_API_KEY", &key, f))
		return -1;
	if (key)
		set(&a->env, "ANTHROPIC_API_KEY", key);
	return 0;
}

static void make_step_env(struct agent *a)
{
	static const char *const passed[] = {
	        "PATH",  "HOME",    "KERNEL",    "DEVICE",      "BENCH_S",
	        "BUILD", "KERNELS", "WORKLOADS", "EXPERIMENTS", NULL};

	pass(&a->step_env, passed);
	set(&a->step_env, "AGENT_DIR", a->room.taken);
	if (!a->bwrap)
		set(&a->step_env, "SANDBOX", sandbox_level());
}

static char *find_program(struct fault *f)
{
	const char *name = getenv("AGENT");
	char *path;

	if (!name || !*name)
		name = "claude";
	path = strchr(name, '/') ? realpath(name, NULL) : program_find(name);
	if (!path)
		fault_set(f,
		          "%s: no such program: install the coding agent's "
		          "command line, or name it with AGENT=",
		          name);
	return path;
}

/* Where it really is: a name on PATH is often a link to elsewhere. */
static int resolve(struct agent *a, struct fault *f)
{
	char *name = find_program(f);
	char *real = name ? realpath(name, NULL) : NULL;

	if (name && !real)
		fault_errno(f, "%s", name);
	free(name);
	a->program = real;
	return real ? 0 : -1;
}

static int read_limits(struct agent *a, struct fault *f)
{
	double tokens;

	if (bound_find("AGENT_USD", 2, 0, 10000, &a->cap.usd, f) ||
	    bound_find("AGENT_TOKENS", 5e6, 0, 1e12, &tokens, f) ||
	    bound_find("AGENT_TIMEOUT_S", 3600, 1, 86400, &a->limit_s, f))
		return -1;
	a->cap.tokens = (int64_t)tokens;
	return 0;
}

static int prepare(struct agent *a, struct fault *f)
{
	const char *level = sandbox_find_level(f);
	char *id;

	if (!level || read_limits(a, f) || resolve(a, f) ||
	    room_open(a->q, &a->room, f))
		return -1;
	if (strcmp(level, "bwrap") == 0 && !(a->bwrap = level_bwrap(f)))
		return -1;
	make_step_env(a);
	if (make_agent_env(a, f))
		return -1;
	id = file_read(a->room.session_path, SESSION_MAX - 1, NULL);
	if (id)
		strcpy(a->session, id);
	free(id);
	return 0;
}

static void make_command(const struct agent *a, struct words *w)
{
	const struct cage cage = {.room = a->room.dir,
	                          .home = a->room.home,
	                          .program = a->program};
	const char *model = getenv("MODEL");
	char *usd = xasprintf("%.2f", a->cap.usd);
	char *edit = xasprintf("Edit(./%s)", a->room.file);

	if (a->bwrap)
		cage_command(w, a->bwrap, &cage);
	else
		words_add(w, a->program, NULL);
	words_add(w, "-p", "--output-format", "json", "--permission-mode",
	          "dontAsk", "--strict-mcp-config", "--max-budget-usd", usd,
	          "--allowedTools", "Read", "Bash(./step)", "Bash(./step:*)",
	          edit, "Edit(./proposal.txt)", NULL);
	if (model && *model)
		words_add(w, "--model", model, NULL);
	if (*a->session)
		words_add(w, "--resume", a->session, NULL);
	free(edit);
	free(usd);
}

/* missing: what the turn before did not leave, or NULL. */
static char *make_task(const struct agent *a, const char *missing, int measured)
{
	const struct conversation *c = a->q->said;
	const char *news = c->count > 1 ? c->turn[c->count - 1].prompt : "";
	char *first = xasprintf(task, a->room.file, a->limit_s / 60), *text;

	if (missing && *a->session)
		text = xasprintf("There is no candidate yet: %s\n%sFinish now: "
		                 "%s with the one change, and the four lines "
		                 "of proposal.txt. Then stop.\n",
		                 missing, measured ? "You have measured. " : "",
		                 a->room.file);
	else if (missing)
		text = xasprintf("%s\n%s\nAn agent before you left something "
		                 "unfinished here: %s\n",
		                 first, news, missing);
	else if (c->count > 1)
		text = xasprintf("%s%sYour last candidate came back:\n\n%s\n",
		                 *a->session ? "" : first,
		                 *a->session ? "" : "\n", news);
	else
		text = xstrdup(first);
	free(first);
	return text;
}

static void add_usage(struct usage *sum, const struct usage *u)
{
	sum->input_tokens += u->input_tokens;
	sum->output_tokens += u->output_tokens;
	sum->cache_read_tokens += u->cache_read_tokens;
	sum->cache_write_tokens += u->cache_write_tokens;
}

/* What the turn cost, by its own report; without one that can be believed, all
 * that it might have cost. */
static int settle(struct agent *a, const char *id, const struct receipt *r,
                  struct fault *f)
{
	const struct usage *u = &r->usage;
	struct amount spent = a->cap;

	if (!isnan(r->usd)) {
		spent.usd = r->usd;
		spent.tokens = u->input_tokens + u->output_tokens +
		               u->cache_read_tokens + u->cache_write_tokens;
	} else {
		warnx("agent: no report of what it spent that could be true: "
		      "charged at its cap, %.2f USD",
		      a->cap.usd);
	}
	a->spent.usd += spent.usd;
	a->spent.requests++;
	add_usage(&a->spent.usage, u);
	return attempt_end(a->q, id, &spent, f);
}

/* The session goes on only where the agent said which it is. */
static int keep_session(struct agent *a, const struct receipt *r,
                        struct fault *f)
{
	strcpy(a->session, r->is_there && !r->is_error ? r->session : "");
	if (file_write(a->room.session_path, a->session, strlen(a->session)))
		return fault_errno(f, "%s", a->room.session_path);
	return 0;
}

static void tell(const struct stint *s)
{
	char *words = visible_line(s->words.data ? s->words.data : "",
	                           s->words.len, 300);

	key_redact(words);
	if (s->is_late)
		warnx("agent: its time was over");
	else if (WIFSIGNALED(s->status))
		warnx("agent: signal %d: %s", WTERMSIG(s->status), words);
	else if (WEXITSTATUS(s->status))
		warnx("agent: exit status %d: %s", WEXITSTATUS(s->status),
		      words);
	free(words);
}

/* One turn of the agent. EXIT_YES also where it left nothing. */
static int turn(struct agent *a, const char *missing, int *measured,
                struct fault *f)
{
	struct words command = {NULL, 0};
	struct stint s = {.env = (const char *const *)a->env.item,
	                  .dir = a->bwrap ? NULL : a->room.dir,
	                  .limit_s = a->limit_s};
	struct door d = {.room = a->room.dir,
	                 .taken = a->room.taken,
	                 .file = a->room.file,
	                 .env = (const char *const *)a->step_env.item};
	struct receipt r;
	char *id, *text;
	int status = attempt_begin(a->q, "agent", &a->cap, &id, f), failed;

	if (status)
		return status;
	make_command(a, &command);
	text = make_task(a, missing, *measured);
	s.argv = command.item;
	s.task = text;
	failed = door_open(&d, f);
	if (!failed) {
		failed = stint_run(&s, &d, f);
		door_close(&d);
		*measured += d.measured;
		tell(&s);
	}
	receipt_read(s.report.data ? s.report.data : "", s.report.len,
	             ABSURD * a->cap.usd, &r);
	failed = failed || settle(a, id, &r, f) || keep_session(a, &r, f);
	buffer_free(&s.report);
	buffer_free(&s.words);
	words_free(&command);
	free(text);
	free(id);
	return failed ? EXIT_TROUBLE : EXIT_YES;
}

int agent_answer(const struct question *q, struct answer *out, struct fault *f)
{
	struct agent a = {.q = q};
	double begun = clock_seconds();
	const char *model = getenv("MODEL");
	struct fault why = {""};
	int measured = 0, status = prepare(&a, f) ? EXIT_TROUBLE : EXIT_YES;
	char *text = NULL;

	for (int i = 0; i < TURNS && status == EXIT_YES && !text; i++) {
		status = turn(&a, i ? why.text : NULL, &measured, f);
		if (status == EXIT_YES)
			text = room_reply(&a.room, q, &why);
		if (status == EXIT_YES && !text)
			warnx("agent: turn %d of %d: no candidate: %s", i + 1,
			      TURNS, why.text);
	}
	if (text) {
		*out = a.spent;
		out->proposer = xstrdup("claude");
		out->model = xstrdup(model ? model : "");
		out->stop_reason = xstrdup("candidate");
		out->text = text;
		out->seconds = clock_seconds() - begun;
	} else if (status == EXIT_YES) {
		fault_set(f,
		          "agent: stopped after %d turns without a "
		          "candidate: %.300s",
		          TURNS, why.text);
		status = EXIT_TROUBLE;
	}
	room_free(&a.room);
	words_free(&a.env);
	words_free(&a.step_env);
	free(a.program);
	return status;
}
