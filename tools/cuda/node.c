/* node - which device file is a GPU's */
#include "node.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The minor number that a file of the driver tells of this GPU, or -1. */
static int minor_in(const char *file, const char *uuid)
{
	FILE *in = fopen(file, "re");
	char line[256], found[64] = "";
	int minor = -1;

	while (in && fgets(line, sizeof line, in)) {
		sscanf(line, "GPU UUID: GPU-%63s", found);
		sscanf(line, "Device Minor: %d", &minor);
	}
	if (in)
		fclose(in);
	return strcmp(found, uuid) ? -1 : minor;
}

void node_find(const char *uuid, char path[NODE_PATH])
{
	glob_t g;

	*path = '\0';
	if (glob("/proc/driver/nvidia/gpus/*/information", 0, NULL, &g))
		return;
	for (size_t i = 0; i < g.gl_pathc && !*path; i++) {
		int minor = minor_in(g.gl_pathv[i], uuid);

		if (minor >= 0)
			snprintf(path, NODE_PATH, "/dev/nvidia%d", minor);
	}
	if (*path && access(path, F_OK))
		*path = '\0';
	globfree(&g);
}
