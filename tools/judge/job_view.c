/* job_view - outputs that are compared through a view */
#include "job_view.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "view."
#define NONE (-1)

/* Is it the name of an output, or one with the device after it? */
static int is_output(const struct definition *d, const char *name)
{
	for (size_t i = 0; i < d->noutputs; i++) {
		size_t len = strlen(d->outputs[i].name);

		if (strncmp(name, d->outputs[i].name, len) == 0 &&
		    (name[len] == '\0' || strcmp(name + len, ".cpu") == 0 ||
		     strcmp(name + len, ".cuda") == 0))
			return 1;
	}
	return 0;
}

static int check_names(const struct job *j, struct fault *f)
{
	for (size_t i = 0; i < j->settings.count; i++) {
		const struct setting *s = &j->settings.item[i];

		if (strncmp(s->key, PREFIX, strlen(PREFIX)) == 0 &&
		    !is_output(j->definition, s->key + strlen(PREFIX)))
			return fault_set(f, "%s:%ld: %s: %s has no such output",
			                 j->settings.path, s->line, s->key,
			                 j->definition->name);
	}
	return 0;
}

/* By FlashInfer-Bench's rule, which goes by the name. */
static int is_indexer(const struct definition *d)
{
	static const char prefix[] = "dsa_topk_indexer";

	return strncmp(d->name, prefix, strlen(prefix)) == 0;
}

/* What is chosen may come in any order: no rule for numbers judges it. */
static int check_indexer(const struct job *j, struct fault *f)
{
	const struct definition *d = j->definition;

	if (!is_indexer(d) || job_viewed(j))
		return 0;
	return fault_set(
	        f,
	        "%s: a top-k indexer: other indices than the reference's "
	        "are right, too: write a native reference whose "
	        "`evaluate` gives their scores, and view.%s into "
	        "settings",
	        d->name, d->outputs[0].name);
}

/* Another draw than the reference's is right, too. */
static int check_draws(struct job *j, struct fault *f)
{
	return job_viewed(j) ? 0
	                     : sampling_find(j->definition, &j->sampling, f);
}

/* A view's elements have whole bytes. */
static int parse(const struct job *j, const char *key, const char *value,
                 int *view, struct fault *f)
{
	enum dtype t;

	if (dtype_parse(value, &t) || dtype_bits(t) < 8)
		return fault_set(f,
		                 "%s: want %s to be an element type such as "
		                 "float32, of 8 bits or more, got '%.80s'",
		                 j->settings.path, key, value);
	*view = (int)t;
	return 0;
}

int job_view(struct job *j, struct fault *f)
{
	const struct definition *d = j->definition;

	j->view = xcalloc(d->noutputs, sizeof *j->view);
	for (size_t i = 0; i < d->noutputs; i++) {
		char *key = xasprintf(PREFIX "%s", d->outputs[i].name);
		const char *value = settings_string(&j->settings, key, NULL);
		int failed = 0;

		j->view[i] = NONE;
		if (value)
			failed = parse(j, key, value, &j->view[i], f);
		free(key);
		if (failed)
			return -1;
	}
	return check_names(j, f) || check_draws(j, f) || check_indexer(j, f)
	               ? -1
	               : 0;
}

int job_is_viewed(const struct job *j, size_t output)
{
	return j->view[output] != NONE;
}

size_t job_viewed(const struct job *j)
{
	size_t count = 0;

	for (size_t i = 0; i < j->definition->noutputs; i++)
		count += (size_t)job_is_viewed(j, i);
	return count;
}

enum dtype job_compared(const struct job *j, size_t output)
{
	return job_is_viewed(j, output) ? (enum dtype)j->view[output]
	                                : j->definition->outputs[output].dtype;
}

int job_view_agrees(const struct job *j, int exports, struct fault *f)
{
	size_t views = job_viewed(j);

	if (views && !exports)
		return fault_set(f,
		                 "%s: view.OUTPUT, but the reference of %s has "
		                 "no RATCHET_EXPORT_AS(evaluate, ...): write "
		                 "it, or take the setting out",
		                 j->settings.path, j->definition->name);
	if (exports && !views)
		return fault_set(f,
		                 "%s: the reference of %s exports evaluate, "
		                 "but no view.OUTPUT = DTYPE says for which "
		                 "output: add it, or take the export out",
		                 j->settings.path, j->definition->name);
	return 0;
}

void job_view_check(const struct job *j, size_t output, struct check *c)
{
	if (job_is_viewed(j, output))
		c->unwritten = c->nonfinite = 0;
}

char *job_views(const struct job *j)
{
	const struct definition *d = j->definition;
	char *text = xstrdup("");

	for (size_t i = 0; i < d->noutputs; i++) {
		char *longer;

		if (!job_is_viewed(j, i))
			continue;
		longer = xasprintf("%s%s%s as %s", text, *text ? ", " : "",
		                   d->outputs[i].name,
		                   dtype_name(job_compared(j, i)));
		free(text);
		text = longer;
	}
	return text;
}
