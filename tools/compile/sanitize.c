/* sanitize - how a kernel is built to run under sanitizers */
#include "sanitize.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Those of a CPU are the compiler's; those of a GPU watch the code as it is. */
static const struct {
	const char *device, *word;
} known[] = {
        {"cpu", "address"},    {"cpu", "undefined"},  {"cuda", "memcheck"},
        {"cuda", "racecheck"}, {"cuda", "initcheck"}, {"cuda", "synccheck"},
};

static int is_known(const char *word, const char *device)
{
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		if (strcmp(device, known[i].device) == 0 &&
		    strcmp(word, known[i].word) == 0)
			return 1;
	}
	return 0;
}

char *sanitize_flags(const char *words, const char *device, struct fault *f)
{
	char *copy = xstrdup(words), *rest = copy, *word;
	int is_cpu = strcmp(device, "cpu") == 0;
	char *flags = xstrdup(is_cpu ? "-g -fno-omit-frame-pointer "
	                               "-fno-sanitize-recover=all"
	                             : "");

	while (flags && (word = strtok_r(rest, " ", &rest))) {
		char *longer = NULL;

		if (is_known(word, device))
			longer = is_cpu ? xasprintf("%s -fsanitize=%s", flags,
			                            word)
			                : xstrdup(flags);
		else
			fault_set(f, "sanitize: %s is not for %s", word,
			          device);
		free(flags);
		flags = longer;
	}
	free(copy);
	return flags;
}
