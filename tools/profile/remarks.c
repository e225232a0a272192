/* remarks - what a C compiler says of the loops that it vectorized or did not
 */
#include "remarks.h"

#include <string.h>

static int has(const char *line, size_t len, const char *what)
{
	return memmem(line, len, what, strlen(what)) != NULL;
}

static void keep(struct remark *list, size_t *count, const char *line,
                 size_t len)
{
	for (size_t i = 0; i < *count && i < REMARKS_MOST; i++)
		if (list[i].len == len && !memcmp(list[i].at, line, len))
			return;
	if (*count < REMARKS_MOST)
		list[*count] = (struct remark){line, len};
	++*count;
}

void remarks_parse(const char *log, struct remarks *out)
{
	*out = (struct remarks){.ndone = 0};
	while (*log) {
		size_t len = strcspn(log, "\n");

		/* Why gcc went no further with one statement says little. */
		if (has(log, len, ": optimized: ") ||
		    has(log, len, "remark: vectorized"))
			keep(out->done, &out->ndone, log, len);
		else if ((has(log, len, ": missed: ") &&
		          has(log, len, "not vectorized")) ||
		         has(log, len, "remark: loop not vectorized"))
			keep(out->missed, &out->nmissed, log, len);
		log += len + (log[len] == '\n');
	}
}
