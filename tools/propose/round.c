/* round - what comes next where a model proposes */
#include "round.h"
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "group.h"
#include "job.h"
#include "memory.h"
#include "opening.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int has(const struct begun *b, const char *name)
{
	char *path = xasprintf("%s/%s", b->dir, name);
	int there = file_exists(path);

	free(path);
	return there;
}

static void go_on(const struct begun *b, struct round *out)
{
	round_free(out);
	out->dir = xstrdup(b->dir);
}

/* What the loop has to do with an experiment. */
enum next {
	WAITS,   /* for an answer, or for the others: nothing now */
	MADE,    /* build and prove it, beside others */
	BEFORE,  /* finish it, before anything else */
	TROUBLE, /* with the fault set */
};

/* Research and the plan are the first member's, for all of the group. */
static void wait_for(const struct site *s, const struct begun *b,
                     enum dialogue_state state, struct round *out)
{
	static const char *const name[] = {[DIALOGUE_READS] = "researched",
	                                   [DIALOGUE_PLANS] = "plan",
	                                   [DIALOGUE_CODES] = "code"};
	const struct intent *i = &b->intent;
	struct unanswered *u;
	char *what =
	        xasprintf("%s/%s/%s", s->experiments,
	                  state == DIALOGUE_CODES ? i->experiment : i->first,
	                  name[state]);

	if (out->count && !strcmp(out->waits[out->count - 1].what, what)) {
		free(what);
		return;
	}
	if (!out->dir)
		out->dir = xstrdup(b->dir);
	out->waits = xrealloc(out->waits, out->count + 1, sizeof *out->waits);
	u = &out->waits[out->count++];
	u->what = what;
	u->model = xstrdup(state == DIALOGUE_PLANS ? i->planner : i->model);
}

/* Brings one experiment on; what it waits for is added to out. */
static enum next bring_on(struct site *s, const struct dialogue *d,
                          struct begun *b, struct round *out, struct fault *f)
{
	int had = b->base.document != NULL, state;

	if (had && begun_refresh(s, b, f))
		return TROUBLE;
	if (!b->intent.document || has(b, "verdict.json"))
		return BEFORE;
	state = dialogue_step(d, b, f);
	if (state < 0)
		return TROUBLE;
	if (state != DIALOGUE_DONE)
		wait_for(s, b, (enum dialogue_state)state, out);
	if (state != DIALOGUE_DONE || has(b, "verify.jsonl"))
		return WAITS;
	/* The next ones are not to repeat it. */
	return had || begun_add_pending(s, b, f) == 0 ? MADE : TROUBLE;
}

/* All are built and found right, or beyond mending. */
static const struct begun *best_predicted(const struct begun_list *l)
{
	const struct begun *best = NULL;

	for (size_t i = 0; i < l->count; i++) {
		const struct begun *b = &l->item[i];

		if (!best ||
		    (isnan(best->base.predicted) &&
		     !isnan(b->base.predicted)) ||
		    b->base.predicted > best->base.predicted)
			best = b;
	}
	return best;
}

static void make_intent(const struct site *s, const struct asking *r,
                        const char *name, const struct direction *d,
                        struct intent *out)
{
	*out = (struct intent){.experiment = name,
	                       .device = s->ground.device,
	                       .proposer = r->proposer,
	                       .created_at = "",
	                       .direction = d->word,
	                       .parent = d->parent,
	                       .parent_source = "",
	                       .model = d->model,
	                       .planner = r->planner,
	                       .first = name,
	                       .candidate = 1,
	                       .members = r->candidates};
}

/* The hash of the source of the intent's parent. */
static int hash_parent(const struct site *s, const char *parent,
                       char hex[SHA256_HEX], struct fault *f)
{
	char *path = source_of(s->experiments, s->ground.kernel_dir,
	                       s->ground.device, parent, f);
	int failed = -1;

	if (path && sha256_file(path, hex))
		fault_errno(f, "%s", path);
	else if (path)
		failed = 0;
	free(path);
	return failed;
}

/* before: the group's last member, or NULL for a new group. */
static int begin(struct site *s, const struct asking *r,
                 const struct intent *before, struct fault *f)
{
	char now[TIME_TEXT], hex[SHA256_HEX], *dir = NULL, *text;
	struct begun_list l;
	struct direction d;
	struct intent i;
	int failed;

	if (incumbent_check(&s->ground.incumbent, f) ||
	    shipped_keep(s->experiments, &s->ledger, &s->ground.incumbent, f) ||
	    begun_read(s, &l, f))
		return -1;
	direction_choose(s, r, before ? before->candidate : 0, &d);
	failed = hash_parent(s, d.parent, hex, f);
	if (!failed)
		dir = l.dead ? xstrdup(l.dead)
		             : experiment_claim(s->experiments, f);
	if (dir) {
		make_intent(s, r, strrchr(dir, '/') + 1, &d, &i);
		time_text(now);
		i.created_at = now;
		i.parent_source = hex;
		if (before) {
			i.first = before->first;
			i.candidate = before->candidate + 1;
			i.members = before->members;
			i.planner = before->planner;
		}
		text = intent_text(&i);
		failed = experiment_write(dir, "intent.json", text,
		                          strlen(text), f);
		free(text);
	}
	failed = failed || !dir;
	direction_free(&d);
	begun_free(&l);
	free(dir);
	return failed ? -1 : 0;
}

int round_begin(struct site *s, const struct asking *r, struct fault *f)
{
	return begin(s, r, NULL, f);
}

/* Begins the members that the last group lacks. */
static int complete(struct site *s, const struct asking *r, struct fault *f)
{
	struct intent last = {0};
	struct begun_list l;
	long size = 0;
	int failed;

	if (begun_read(s, &l, f))
		return -1;
	for (size_t i = 0; i < l.count; i++)
		if (l.item[i].intent.document)
			last = l.item[i].intent;
	if (last.document)
		size = group_size(s->experiments, last.first, f);
	failed = size < 0;
	for (; !failed && size < last.members; size++, last.candidate++)
		failed = begin(s, r, &last, f);
	begun_free(&l);
	return failed ? -1 : 0;
}

static int settings_editable(const struct site *s, struct settings *out,
                             struct fault *f)
{
	char *path = xasprintf("%s/settings", s->ground.kernel_dir);
	int failed = settings_read(path, s->ground.device,
	                           kernel_settings_known, out, f);

	free(path);
	return failed;
}

/* As round_next, of a group that is whole. */
static int look(struct site *s, const struct dialogue *d, struct round *out,
                struct fault *f)
{
	const struct begun *first = NULL;
	struct begun_list l;
	enum next next = WAITS;

	if (begun_read(s, &l, f))
		return -1;
	for (size_t i = 0; i < l.count && next != TROUBLE; i++)
		if (begun_add_pending(s, &l.item[i], f))
			next = TROUBLE;
	for (size_t i = 0; i < l.count && next < BEFORE; i++) {
		next = bring_on(s, d, &l.item[i], out, f);
		if (next == BEFORE || (next == MADE && !first))
			first = &l.item[i];
	}
	if (!first && !out->count && l.count)
		first = best_predicted(&l);
	if (first)
		go_on(first, out);
	begun_free(&l);
	return next == TROUBLE ? -1 : !out->dir;
}

int round_next(struct site *s, const struct asking *r, struct round *out,
               struct fault *f)
{
	struct settings settings;
	struct dialogue d = {.site = s, .tokens = (int)r->tokens};
	int status;

	*out = (struct round){0};
	if (settings_editable(s, &settings, f))
		return -1;
	d.editable = settings_string(&settings, "edit", "");
	status = complete(s, r, f);
	if (!status)
		status = look(s, &d, out, f);
	settings_free(&settings);
	return status;
}

void round_free(struct round *r)
{
	for (size_t i = 0; i < r->count; i++) {
		free(r->waits[i].what);
		free(r->waits[i].model);
	}
	free(r->waits);
	free(r->dir);
	*r = (struct round){0};
}

int round_prompt(struct site *s, const struct asking *r, struct prompt *out,
                 struct fault *f)
{
	struct dialogue d = {.site = s, .tokens = (int)r->tokens};
	char hex[SHA256_HEX];
	struct direction direction;
	struct intent i;
	int failed;

	direction_choose(s, r, 0, &direction);
	make_intent(s, r, "-", &direction, &i);
	i.parent_source = hex;
	failed = hash_parent(s, direction.parent, hex, f) ||
	         (*i.planner ? opening_planner(&d, &i, out, f)
	                     : opening_coder(&d, &i, NULL, out, f));
	direction_free(&direction);
	return failed ? -1 : 0;
}
