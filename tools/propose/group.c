/* group - candidates made from one incumbent, each told of the others */
#include "group.h"
#include "claim.h"
#include "file.h"
#include "hypothesis.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* 1 if an experiment is of the group, -1 with the fault set. */
static int is_member(const char *experiments, const char *name,
                     const char *first, struct fault *f)
{
	char *path = xasprintf("%s/%s/intent.json", experiments, name);
	struct intent i = {0};
	int found = 0;

	if (file_exists(path)) {
		found = intent_read(path, &i, f);
		if (!found)
			found = strcmp(i.first, first) == 0;
		intent_free(&i);
	}
	free(path);
	return found;
}

/* The names of the members, by number. */
static int list(const char *experiments, const char *first, struct names *out,
                struct fault *f)
{
	size_t n = 0;

	if (experiments_list(experiments, out, f))
		return -1;
	for (size_t i = 0; i < out->count; i++) {
		int member = is_member(experiments, out->item[i], first, f);

		if (member < 0) {
			names_free(out);
			return -1;
		}
		if (member) {
			char *name = out->item[n];

			out->item[n++] = out->item[i];
			out->item[i] = name;
		}
	}
	while (out->count > n)
		free(out->item[--out->count]);
	return 0;
}

long group_size(const char *experiments, const char *first, struct fault *f)
{
	struct names names;
	long n;

	if (list(experiments, first, &names, f))
		return -1;
	n = (long)names.count;
	names_free(&names);
	return n;
}

char *group_hypotheses(const char *experiments, const struct intent *own,
                       struct fault *f)
{
	struct names names;
	char *text;
	size_t len;
	FILE *p;

	if (list(experiments, own->first, &names, f))
		return NULL;
	p = xmemstream(&text, &len);
	for (size_t i = 0; i < names.count; i++) {
		char *line;

		if (strcmp(names.item[i], own->experiment) == 0)
			break;
		line = hypothesis_of(experiments, names.item[i]);
		if (line)
			fprintf(p, "%s\n", line);
		free(line);
	}
	fclose(p);
	names_free(&names);
	return text;
}
