/* program - where programs are found */
#include "program.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char *program_path(void)
{
	const char *path = getenv("PATH");

	return path && *path ? path : "/usr/local/bin:/usr/bin:/bin";
}

char *program_find(const char *name)
{
	const char *p = program_path();

	while (*p) {
		size_t n = strcspn(p, ":");
		char *file = xasprintf("%.*s/%s", (int)n, p, name);

		if (n && access(file, X_OK) == 0)
			return file;
		free(file);
		p += n + (p[n] == ':');
	}
	return NULL;
}
