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

/* How long the name of the set's root is. Lists are nested as deeply as people
 * like; what is above the set is not the set's. */
static size_t length_of_root(const char *list)
{
	const char *top = strrchr(list, '/'), *at = list;

	while ((at = strstr(at, "/workloads/")))
		top = at++;
	return (size_t)(top - list);
}

char *trace_set_root(const char *list, const char *path)
{
	char *root = realpath(list, NULL); /* of a link: where it leads */
	size_t least = root ? length_of_root(root) : 0;

	for (char *slash; root && (slash = strrchr(root, '/'));) {
		if ((size_t)(slash - root) < least)
			break;
		slash[slash == root] = '\0';
		if (has(root, path))
			return root;
		*slash = '\0';
	}
	free(root);
	errno = ENOENT;
	return NULL;
}
