/* select - which workloads of a list a judgement covers */
#include "select.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATORS " \t,"

struct selection {
	const struct definition *definition;
	const struct workload_list *list;
	const struct settings *settings;
	size_t *index; /* of the list; room for all of it */
	size_t count;
};

static size_t find_uuid(const struct workload_list *list, const char *uuid)
{
	size_t i = 0;

	while (i < list->count && strcmp(list->item[i].uuid, uuid))
		i++;
	return i;
}

static int is_in(const struct selection *s, size_t index)
{
	for (size_t i = 0; i < s->count; i++) {
		if (s->index[i] == index)
			return 1;
	}
	return 0;
}

/* All that a setting names. */
static int take_named(struct selection *s, const char *key, const char *names,
                      const char *path, struct fault *f)
{
	char *copy = xstrdup(names), *rest = copy, *uuid;
	int failed = 0;

	s->count = 0;
	while (!failed && (uuid = strtok_r(rest, SEPARATORS, &rest))) {
		size_t i = find_uuid(s->list, uuid);

		if (i == s->list->count)
			failed = fault_set(f, "%s: %s: no workload %s", path,
			                   key, uuid);
		else if (is_in(s, i))
			failed = fault_set(f, "%s: %s: %s twice", path, key,
			                   uuid);
		else
			s->index[s->count++] = i;
	}
	free(copy);
	return failed;
}

static size_t bytes_of(const struct selection *s, size_t at)
{
	return workload_bytes(s->definition, &s->list->item[s->index[at]]);
}

/* The member with exactly `rank` smaller ones; of equals the first. */
static size_t ranked(const struct selection *s, size_t rank)
{
	for (size_t i = 0; i < s->count; i++) {
		size_t smaller = 0;

		for (size_t k = 0; k < s->count; k++) {
			size_t a = bytes_of(s, k), b = bytes_of(s, i);

			smaller += a < b || (a == b && k < i);
		}
		if (smaller == rank)
			return i;
	}
	return 0;
}

/* Keeps the members that are marked. */
static void keep(struct selection *s, const char *mark)
{
	size_t kept = 0;

	for (size_t i = 0; i < s->count; i++) {
		if (mark[i])
			s->index[kept++] = s->index[i];
	}
	s->count = kept;
}

static double weight_of(const struct selection *s, size_t at)
{
	const char *uuid = s->list->item[s->index[at]].uuid;
	char *key = xasprintf("weight.%s", uuid);
	double weight = strtod(settings_string(s->settings, key, "1"), NULL);

	free(key);
	return weight;
}

/* The member that weighs most in the mean; of equals the first. */
static size_t heaviest(const struct selection *s)
{
	size_t best = 0;

	for (size_t i = 1; i < s->count; i++)
		if (weight_of(s, i) > weight_of(s, best))
			best = i;
	return best;
}

static int has_weights(const struct selection *s)
{
	for (size_t i = 1; i < s->count; i++)
		if (weight_of(s, i) < weight_of(s, 0) ||
		    weight_of(s, i) > weight_of(s, 0))
			return 1;
	return 0;
}

static void mark_quick(const struct selection *s, char *mark)
{
	mark[ranked(s, 0)] = 1;
	mark[ranked(s, (s->count - 1) / 2)] = 1;
	mark[ranked(s, s->count - 1)] = 1;
	if (has_weights(s))
		mark[heaviest(s)] = 1;
	for (size_t a = 0; a < s->definition->naxes; a++) {
		size_t i = 0;

		while (i < s->count &&
		       s->list->item[s->index[i]].axis_value[a] != 1)
			i++;
		if (i < s->count && s->definition->axes[a].is_var)
			mark[i] = 1;
	}
}

/* Leaves what quick or stride asks for of what is selected. */
static int thin(struct selection *s, const char *how, struct fault *f)
{
	char *mark = xcalloc(s->count, 1), *end = NULL;
	long stride = 0;

	if (strcmp(how, "quick") == 0) {
		mark_quick(s, mark);
	} else if (strcmp(how, "ends") == 0) {
		mark[ranked(s, 0)] = 1;
		mark[ranked(s, s->count - 1)] = 1;
	} else {
		if (strncmp(how, "stride ", 7) == 0)
			stride = strtol(how + 7, &end, 10);
		if (stride < 1 || *end) {
			free(mark);
			return fault_set(f,
			                 "mode %s: want full, quick, ends "
			                 "or \"stride N\"",
			                 how);
		}
		for (size_t i = 0; i < s->count; i += (size_t)stride)
			mark[i] = 1;
		mark[ranked(s, s->count - 1)] = 1;
	}
	keep(s, mark);
	free(mark);
	return 0;
}

int select_workloads(const struct definition *d,
                     const struct workload_list *list,
                     const struct settings *settings, const char *how,
                     size_t **out, struct fault *f)
{
	struct selection s = {
	        .definition = d, .list = list, .settings = settings};
	const char *named = settings_string(settings, "workloads", NULL);
	const char *quick = settings_string(settings, "quick", NULL);
	int failed = 0;

	s.index = xcalloc(list->count, sizeof *s.index);
	for (; s.count < list->count; s.count++)
		s.index[s.count] = s.count;
	if (quick && strcmp(how, "quick") == 0)
		failed = take_named(&s, "quick", quick, settings->path, f);
	else if (named)
		failed = take_named(&s, "workloads", named, settings->path, f);
	if (!failed && s.count == 0)
		failed = fault_set(f, "%s: names no workload", settings->path);
	if (!failed && strcmp(how, "full") &&
	    !(quick && strcmp(how, "quick") == 0))
		failed = thin(&s, how, f);
	if (failed) {
		free(s.index);
		return -1;
	}
	*out = s.index;
	return (int)s.count;
}
