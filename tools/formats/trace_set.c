/* trace_set - the folder that a workload list's paths are beneath */
#include "trace_set.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEPTH 4 /* folders above the list */

static int has(const char *root, const char *path)
{
	int fd = file_open_beneath(root, path);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || (errno != ENOENT && errno != ENOTDIR);
}

char *trace_set_root(const char *list, const char *path)
{
	char *where = realpath(list, NULL); /* of a link: where it leads */
	const char *from = where ? where : list, *last = strrchr(from, '/');
	char *root =
	        xasprintf("%.*s.", last ? (int)(last - from) + 1 : 0, from);

	free(where);
	for (int i = 0; i < DEPTH; i++) {
		char *above;

		if (has(root, path))
			return root;
		above = xasprintf("%s/..", root);
		free(root);
		root = above;
	}
	free(root);
	errno = ENOENT;
	return NULL;
}
