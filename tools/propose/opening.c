/* opening - the first prompt of an experiment's conversation */
#include "opening.h"
#include "claim.h"
#include "conversation.h"
#include "file.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *opening_source(const struct site *s, const struct intent *i, char **path,
                     size_t *len, struct fault *f)
{
	char hex[SHA256_HEX], *text = NULL;
	size_t n;

	*path = source_of(s->experiments, s->ground.kernel_dir,
	                  s->ground.device, i->parent, f);
	if (!*path)
		return NULL;
	text = file_read(*path, SOURCE_MAX, &n);
	if (!text) {
		fault_errno(f, "%s", *path);
		return NULL;
	}
	sha256_hex(text, n, hex);
	if (len)
		*len = n;
	if (strcmp(hex, i->parent_source) == 0)
		return text;
	fault_set(f,
	          "%s: changed since %s was begun from it: put it back, or "
	          "remove %s/%s",
	          *path, i->experiment, s->experiments, i->experiment);
	free(text);
	return NULL;
}

char *opening_name(const char *path)
{
	return xasprintf("solution%s", strrchr(path, '.'));
}

/* The first prompt of the coder, or of the group's planner, on the parent in
 * the incumbent's place. */
static int make_prompt(const struct dialogue *d, const struct intent *i,
                       const char *hypothesis, int is_plan, struct prompt *out,
                       struct fault *f)
{
	const struct site *s = d->site;
	const struct ledger published = {s->ledger.item, s->published};
	int is_incumbent =
	        strcmp(i->parent_source, s->ground.incumbent.source) == 0;
	struct ground ground = s->ground;
	struct incumbent *from = &ground.incumbent;
	struct prompt_ground g = {.ground = &ground,
	                          .ledger = &published,
	                          .experiments = s->experiments,
	                          .build = is_incumbent ? s->build : NULL,
	                          .hypothesis = hypothesis,
	                          .direction = i->direction,
	                          .tokens = d->tokens};
	char *path;
	int failed = -1;

	from->text = opening_source(s, i, &path, &from->len, f);
	from->path = path ? opening_name(path) : NULL;
	from->experiment = (char *)i->parent;
	snprintf(from->source, sizeof from->source, "%s", i->parent_source);
	if (from->text)
		failed = is_plan ? prompt_planner(&g, (int)i->members, out, f)
		                 : prompt_coder(&g, out, f);
	free(path);
	free(from->path);
	free(from->text);
	return failed;
}

/* All are asked at the same time, so that nobody knows what the others try. */
static void add_place(const struct intent *i, struct prompt *p)
{
	char *user = p->user;

	p->user =
	        xasprintf("%s\n## Candidates beside yours\n\n"
	                  "%lld candidates are asked for at once, and none "
	                  "sees another. So that they differ, put the "
	                  "changes that promise most in order, and propose "
	                  "number %lld of them.\n",
	                  user, (long long)i->members, (long long)i->candidate);
	free(user);
}

int opening_coder(const struct dialogue *d, const struct intent *i,
                  const char *hypothesis, struct prompt *out, struct fault *f)
{
	if (make_prompt(d, i, hypothesis, 0, out, f))
		return -1;
	if (!hypothesis && i->members > 1)
		add_place(i, out);
	return 0;
}

int opening_planner(const struct dialogue *d, const struct intent *i,
                    struct prompt *out, struct fault *f)
{
	return make_prompt(d, i, NULL, 1, out, f);
}

int opening_write(const char *dir, const struct prompt *p, struct fault *f)
{
	if (dir_make(dir))
		return fault_errno(f, "%s", dir);
	return experiment_write(dir, "prompt.tsv", p->dropped,
	                        strlen(p->dropped), f) ||
	                       conversation_begin(dir, p->system, p->user, f)
	               ? -1
	               : 0;
}
