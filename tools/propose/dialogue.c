/* dialogue - an experiment's conversations, from its intent to its candidate */
#include "dialogue.h"
#include "answer.h"
#include "conversation.h"
#include "direction.h"
#include "edit.h"
#include "failure.h"
#include "file.h"
#include "hypothesis.h"
#include "memory.h"
#include "opening.h"
#include "statement.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Research comes first, once for a group, and was not tried yet. */
static int must_read(const struct dialogue *d, const struct intent *i)
{
	char *path =
	        xasprintf("%s/%s/researched", d->site->experiments, i->first);
	int must = strcmp(i->direction, DIRECTION_RESEARCH) == 0 &&
	           !file_exists(path);

	free(path);
	return must;
}

/* The last turn of plan/: 1 and *hypothesis if it has an answer to go by, 0
 * if it waits. A planner that cannot be read after all repairs is done
 * without: 1, and *hypothesis NULL. */
static int read_plan(const struct intent *i, const struct conversation *c,
                     char **hypothesis, struct fault *f)
{
	struct reply plan[MAX_PLANS];
	const char *text = c->turn[c->count - 1].reply;
	struct fault why;
	char *again;
	int failed;

	if (!text)
		return 0;
	if (reply_read_plans(text, strlen(text), (size_t)i->members, plan,
	                     &why) == 0) {
		*hypothesis = statement_text(&plan[i->candidate - 1]);
		for (int64_t k = 0; k < i->members; k++)
			reply_free(&plan[k]);
		return 1;
	}
	if (c->count > MAX_REPAIRS)
		return 1;
	again = prompt_again("edit", why.text);
	failed = conversation_say(c->dir, c->count + 1, again, f);
	free(again);
	return failed ? -1 : 0;
}

/* The planner's part: as read_plan. */
static int step_plan(const struct dialogue *d, const struct intent *i,
                     char **hypothesis, struct fault *f)
{
	char *dir = xasprintf("%s/%s/plan", d->site->experiments, i->first);
	struct conversation c;
	struct prompt p = {0};
	int result = -1;

	*hypothesis = NULL;
	if (!*i->planner) {
		result = 1;
	} else if (conversation_read(dir, &c, f) == 0) {
		if (c.count)
			result = read_plan(i, &c, hypothesis, f);
		else if (opening_planner(d, i, &p, f) == 0)
			result = opening_write(dir, &p, f);
		conversation_free(&c);
	}
	prompt_free(&p);
	free(dir);
	return result;
}

static int start_code(const struct dialogue *d, const struct intent *i,
                      const char *dir, struct fault *f)
{
	struct prompt p = {0};
	char *hypothesis;
	int planned, state;

	if (must_read(d, i))
		return DIALOGUE_READS;
	planned = step_plan(d, i, &hypothesis, f);
	state = planned < 0 ? -1 : DIALOGUE_PLANS;
	if (planned > 0)
		state = opening_coder(d, i, hypothesis, &p, f) ||
		                        opening_write(dir, &p, f)
		                ? -1
		                : DIALOGUE_CODES;
	prompt_free(&p);
	free(hypothesis);
	return state;
}

static int say(const struct conversation *c, const char *what,
               const char *details, struct fault *f)
{
	char *again = prompt_again(what, details);
	int failed = conversation_say(c->dir, c->count + 1, again, f);

	free(again);
	return failed ? -1 : DIALOGUE_CODES;
}

/* What base.json has of the model that answered last. */
static int fill_base(const struct intent *i, const struct conversation *c,
                     struct base *b, struct answer *a, struct fault *f)
{
	char *path = conversation_reply_path(c->dir, c->count);
	int failed = answer_read(path, a, f);

	free(path);
	if (failed)
		return -1;
	*b = (struct base){.proposer = i->proposer,
	                   .created_at = i->created_at,
	                   .direction = i->direction,
	                   .parent = i->parent,
	                   .model = a->model,
	                   .predicted = NAN,
	                   .turns = (int64_t)c->count};
	return 0;
}

static char *page_of(const struct base *b, const struct reply *r)
{
	char *model = hypothesis_line(b->model, strlen(b->model));
	char *statement = statement_page(r);
	char *page = xasprintf("Direction: %s, from %s. Model: `%s`. Turn "
	                       "%lld.\n\n%s",
	                       b->direction, b->parent, *model ? model : "-",
	                       (long long)b->turns, statement);

	free(model);
	free(statement);
	return page;
}

/* The candidate that a reply makes. Returns -1 with the reason set. */
static int read_candidate(const struct dialogue *d, const char *name,
                          const char *parent, size_t len, const char *answer,
                          struct reply *r, struct proposal *p,
                          struct fault *why)
{
	struct edit_target t = {name, parent, len, d->editable};
	char hex[SHA256_HEX], *text;

	if (reply_read(answer, strlen(answer), r, why))
		return -1;
	text = edit_apply(&t, r, why);
	if (!text)
		return -1;
	if (edit_is_new(text, &d->site->ledger, d->site->ground.device, hex,
	                why)) {
		free(text);
		return -1;
	}
	return proposal_from_text(text, name, p, why);
}

/* Nothing valid came: what is judged says so to the compiler. */
static void make_refused(const struct dialogue *d, const struct intent *i,
                         size_t turns, struct proposal *p)
{
	int is_cuda = strcmp(d->site->ground.device, "cuda") == 0;

	p->source = xasprintf(
	        "/* %s: no candidate. Of %zu replies in code/ the last has no "
	        "valid edit either;\n * the prompts there say why. */\n"
	        "#error \"no valid edit in any reply: see code/\"\n",
	        i->experiment, turns);
	p->len = strlen(p->source);
	p->extension = is_cuda ? "cu" : "c";
	p->page = xasprintf("No reply has a valid edit: see code/.\n");
}

/* A reply without a base.json of its own: a candidate, or the next turn. */
static int take_reply(const struct dialogue *d, const struct intent *i,
                      const struct conversation *c, const char *dir,
                      struct fault *f)
{
	const char *answer = c->turn[c->count - 1].reply;
	struct reply r = {0};
	struct proposal p = {0};
	struct answer a = {0};
	struct base base;
	struct fault why;
	char *path, *parent, *name = NULL;
	size_t len;
	int state = -1, refused;

	parent = opening_source(d->site, i, &path, &len, f);
	if (!parent || fill_base(i, c, &base, &a, f))
		goto end;
	name = opening_name(path);
	refused = read_candidate(d, name, parent, len, answer, &r, &p, &why);
	if (refused && c->count <= MAX_REPAIRS) {
		state = say(c, "edit", why.text, f);
		goto end;
	}
	if (refused) {
		proposal_free(&p);
		make_refused(d, i, c->count, &p);
	} else {
		base.predicted = r.predicts;
		p.page = page_of(&base, &r);
	}
	state = begun_write(d->site, dir, &p, &base, f) ? -1 : DIALOGUE_DONE;
end:
	answer_free(&a);
	reply_free(&r);
	proposal_free(&p);
	free(parent);
	free(path);
	free(name);
	return state;
}

/* The candidate of the last turn is there: does it need mending? */
static int check_candidate(const struct begun *b, const struct conversation *c,
                           struct fault *f)
{
	const char *what;
	char *details = NULL;
	int failed, state = DIALOGUE_DONE;

	if (c->count > MAX_REPAIRS)
		return DIALOGUE_DONE;
	failed = failure_find(b->dir, &b->base, &what, &details, f);
	if (failed > 0) {
		state = say(c, what, details, f);
		if (state >= 0 && begun_set_aside(b->dir, b->base.turns, f))
			state = -1;
	}
	free(details);
	return failed < 0 ? -1 : state;
}

static int step_code(const struct dialogue *d, struct begun *b,
                     const struct conversation *c, struct fault *f)
{
	/* Killed after the next turn was written, before it was moved. */
	if (b->base.document && b->base.turns < (int64_t)c->count) {
		if (begun_set_aside(b->dir, b->base.turns, f))
			return -1;
		base_free(&b->base);
	}
	if (!c->count)
		return start_code(d, &b->intent, c->dir, f);
	if (conversation_is_waiting(c))
		return DIALOGUE_CODES;
	if (b->base.document)
		return check_candidate(b, c, f);
	return take_reply(d, &b->intent, c, b->dir, f);
}

int dialogue_step(const struct dialogue *d, struct begun *b, struct fault *f)
{
	char *dir = xasprintf("%s/code", b->dir);
	char *path = xasprintf("%s/base.json", b->dir);
	struct conversation c;
	int state = -1;

	if (conversation_read(dir, &c, f) == 0) {
		state = step_code(d, b, &c, f);
		conversation_free(&c);
	}
	base_free(&b->base);
	if (state >= 0 && file_exists(path) && base_read(path, &b->base, f))
		state = -1;
	free(dir);
	free(path);
	return state;
}
