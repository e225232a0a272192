/* brief_project - what judges a project, and what of it may not change */
#include "brief_project.h"
#include "file.h"
#include "memory.h"
#include "project.h"
#include "visible.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_BYTES ((size_t)6 << 10) /* of a file that is shown */
#define ALL_BYTES ((size_t)14 << 10) /* of all */

/* What a file holds, where it is short enough. */
static void put_file(FILE *out, const struct project *p, const char *path)
{
	char *text = file_read_beneath(p->tree.root, path, FILE_BYTES, NULL);
	char *seen;

	fprintf(out, "-- %s --\n", path);
	if (text && (size_t)ftell(out) < ALL_BYTES) {
		seen = visible_text(text);
		fprintf(out, "%s\n", seen);
		free(seen);
	} else {
		fputs("(not shown)\n", out);
	}
	free(text);
}

static int is_edited(const struct project *p, const char *path)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->edit[i], path) == 0)
			return 1;
	return 0;
}

int brief_project(const struct brief_place *place, const struct settings *s,
                  struct brief *out, struct fault *f)
{
	static struct project p; /* lives as long as the program */
	FILE *text;
	size_t len;

	if (project_read(&p, place->ground->kernel_dir, s, f))
		return -1;
	out->definition = xasprintf(
	        "a project that its own commands judge, each in a fresh copy\n"
	        "build: %s\nright, if this exits 0: %s\n"
	        "how fast, by the number that this prints last (%s, %s is "
	        "better): %s\n",
	        settings_string(s, "build", "-"),
	        settings_string(s, "validate", ""),
	        settings_string(s, "unit", ""),
	        settings_string(s, "direction", "lower"),
	        settings_string(s, "measure", ""));
	text = xmemstream(&out->harness, &len);
	for (size_t i = 0; i < p.tree.count; i++) {
		const struct tree_entry *e = &p.tree.item[i];

		if (!e->is_folder && !e->target && !is_edited(&p, e->path))
			put_file(text, &p, e->path);
	}
	fclose(text);
	return 0;
}
