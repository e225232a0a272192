/* trace_set - the folder that a workload list's paths are beneath */
#include "trace_set.h"
#include "file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int has(const char *root, const char *path)
{
	int fd = file_open_beneath(root, path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
}

/* Lists are nested as deeply as people like. */
char *trace_set_root(const char *list, const char *path)
{
	char *root = realpath(list, NULL); /* of a link: where it leads */

	for (char *slash; root && (slash = strrchr(root, '/'));) {
		slash[slash == root] = '\0';
		if (has(root, path))
			return root;
		*slash = '\0';
	}
	free(root);
	errno = ENOENT;
	return NULL;
}
