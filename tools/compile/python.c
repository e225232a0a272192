/* python - which interpreter PYTHON means */
#include "python.h"
#include "file.h"
#include "memory.h"
#include "program.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

char *python_find(struct fault *f)
{
	const char *said = getenv("PYTHON");
	char *found, *dir, *config, *real;

	said = said && *said ? said : "python3";
	errno = ENOENT;
	found = strchr(said, '/') ? xstrdup(said) : program_find(said);
	real = found ? realpath(found, NULL) : NULL;
	if (!real) {
		fault_errno(f, "PYTHON=%.200s", said);
		free(found);
		return NULL;
	}
	*strrchr(found, '/') = '\0';
	dir = realpath(*found ? found : "/", NULL);
	config = xasprintf("%s/../pyvenv.cfg", dir);
	if (file_exists(config)) {
		free(real);
		real = xasprintf("%s/%s", dir, found + strlen(found) + 1);
	}
	free(config);
	free(dir);
	free(found);
	return real;
}
