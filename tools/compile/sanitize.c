/* sanitize - how a kernel is built to run under sanitizers */
#include "sanitize.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

/* Does this device's compiler know the word? */
static int is_known(const char *word, const char *device)
{
	return strcmp(device, "cpu") == 0 &&
	       (strcmp(word, "address") == 0 || strcmp(word, "undefined") == 0);
}

char *sanitize_flags(const char *words, const char *device, struct fault *f)
{
	char *copy = xstrdup(words), *rest = copy, *word;
	char *flags = xstrdup("-g -fno-omit-frame-pointer "
	                      "-fno-sanitize-recover=all");

	while (flags && (word = strtok_r(rest, " ", &rest))) {
		char *longer = NULL;

		if (is_known(word, device))
			longer = xasprintf("%s -fsanitize=%s", flags, word);
		else
			fault_set(f, "sanitize: %s is not for %s", word,
			          device);
		free(flags);
		flags = longer;
	}
	free(copy);
	return flags;
}
