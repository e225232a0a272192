/* direction - what kind of change a model is asked for next */
#include "direction.h"
#include "memory.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int is_model(const char *proposer)
{
	return strcmp(proposer, "tune") != 0 &&
	       strcmp(proposer, "person") != 0 && strcmp(proposer, "-") != 0;
}

/* A model's experiments since the incumbent took its place. */
static long count_misses(const struct site *s)
{
	const struct ledger *l = &s->ledger;
	const struct ledger_entry *base = ledger_baseline(l, s->ground.device);
	long n = 0;

	for (size_t i = base ? (size_t)(base - l->item) + 1 : 0; i < l->count;
	     i++)
		n += !strcmp(l->item[i].device, s->ground.device) &&
		     is_model(l->item[i].proposer);
	return n;
}

static int has_source(const struct site *s, const char *experiment)
{
	struct fault ignored;
	char *path = source_of(s->experiments, s->ground.kernel_dir,
	                       s->ground.device, experiment, &ignored);

	free(path);
	return path != NULL;
}

/* A place to start from: right, measured, of this lineage, not where we are. */
static int is_parent(const struct site *s, const struct ledger_entry *e,
                     const struct link *link, long root)
{
	return !strcmp(e->device, s->ground.device) && isfinite(link->y) &&
	       link->root == root && isfinite(e->speedup) &&
	       strcmp(e->source, s->ground.incumbent.source) != 0 &&
	       has_source(s, e->experiment);
}

/* The rank-th fastest parent, counted in circles; NULL where there is none. */
static char *find_parent(const struct site *s, long rank)
{
	const struct ledger *l = &s->ledger;
	const struct ledger_entry *base = ledger_baseline(l, s->ground.device);
	struct link *link = xcalloc(l->count + 1, sizeof *link);
	size_t *order = xcalloc(l->count + 1, sizeof *order), n = 0;
	char *found = NULL;
	long root;

	ledger_chain(l, link);
	root = base ? link[base - l->item].root : -1;
	for (size_t i = 0; i < l->count; i++) {
		size_t k = n;

		if (!is_parent(s, &l->item[i], &link[i], root))
			continue;
		for (; k > 0 && link[order[k - 1]].y < link[i].y; k--)
			order[k] = order[k - 1];
		order[k] = i;
		n++;
	}
	if (n)
		found = xstrdup(l->item[order[(size_t)rank % n]].experiment);
	free(link);
	free(order);
	return found;
}

/* The rank-th word of the list, counted in circles, that is not own. */
static char *find_model(const char *list, const char *own, long rank)
{
	const char *word[64];
	size_t len[64], n = 0;

	for (const char *p = list + strspn(list, " "); *p && n < 64;
	     p += strspn(p, " ")) {
		word[n] = p;
		len[n] = strcspn(p, " ");
		p += len[n];
		n += len[n] != strlen(own) || memcmp(word[n], own, len[n]);
	}
	if (!n)
		return NULL;
	return xasprintf("%.*s", (int)len[(size_t)rank % n],
	                 word[(size_t)rank % n]);
}

void direction_choose(const struct site *s, const struct asking *r, long member,
                      struct direction *out)
{
	const char *word[5];
	size_t n = 0;
	long misses = count_misses(s), rank = misses % r->stall + member;
	char *parent = find_parent(s, rank);
	char *model = find_model(r->models, r->model, rank);

	word[n++] = DIRECTION_IMPROVE;
	if (parent)
		word[n++] = DIRECTION_PARENT;
	word[n++] = DIRECTION_REWRITE;
	if (model)
		word[n++] = DIRECTION_MODEL;
	word[n++] = DIRECTION_RESEARCH;
	out->word = word[(size_t)(misses / r->stall) % n];
	if (strcmp(out->word, DIRECTION_PARENT) != 0) {
		free(parent);
		parent = xstrdup(s->ground.incumbent.experiment);
	}
	if (strcmp(out->word, DIRECTION_MODEL) != 0) {
		free(model);
		model = xstrdup(r->model);
	}
	out->parent = parent;
	out->model = model;
}

void direction_free(struct direction *d)
{
	free(d->parent);
	free(d->model);
	*d = (struct direction){0};
}

int direction_is_tune(const struct site *s, long most)
{
	const struct ledger *l = &s->ledger;
	long tuned = 0;

	for (size_t i = l->count; i-- > 0;) {
		const struct ledger_entry *e = &l->item[i];

		if (strcmp(e->device, s->ground.device) != 0 ||
		    strcmp(e->outcome, "pending") == 0)
			continue;
		if (is_model(e->proposer))
			return strcmp(e->outcome, OUTCOME_ACCEPT) == 0 &&
			       tuned < most;
		if (strcmp(e->proposer, "tune") != 0)
			return 0;
		tuned++;
	}
	return 0;
}
