/* group - candidates made from one incumbent, at the same time */
#include "group.h"
#include "claim.h"
#include "file.h"
#include "memory.h"

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

long group_size(const char *experiments, const char *first, struct fault *f)
{
	struct names names;
	long n = 0;

	if (experiments_list(experiments, &names, f))
		return -1;
	for (size_t i = 0; i < names.count && n >= 0; i++) {
		int member = is_member(experiments, names.item[i], first, f);

		n = member < 0 ? -1 : n + member;
	}
	names_free(&names);
	return n;
}
