/* txtar - several text files as one: "-- NAME --" and its lines, and so on */
#include "txtar.h"
#include "file.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static const char before[] = "-- ", after[] = " --";

/* The name that a line of len bytes gives, or NULL. It may end as on Windows.
 * Caller frees. */
static char *read_name(const char *line, size_t len)
{
	size_t b = sizeof before - 1, a = sizeof after - 1;

	len -= len && line[len - 1] == '\r';
	if (len <= a + b || strncmp(line, before, b) != 0 ||
	    strncmp(line + len - a, after, a) != 0)
		return NULL;
	return xasprintf("%.*s", (int)(len - a - b), line + b);
}

static int check_name(const struct txtar *t, const char *name, const char *path,
                      long line, struct fault *f)
{
	if (!path_is_beneath(name))
		return fault_set(f,
		                 "%s:%ld: want a file's name to be relative "
		                 "and without \"..\", got \"%.80s\"",
		                 path, line, name);
	for (size_t i = 0; i < t->count; i++)
		if (strcmp(t->file[i].name, name) == 0)
			return fault_set(f, "%s:%ld: two files are %.80s", path,
			                 line, name);
	return 0;
}

static void add_lines(struct txtar_file *x, const char *text, size_t len)
{
	x->text = xasprintf("%.*s%s", (int)len, text,
	                    len && text[len - 1] != '\n' ? "\n" : "");
}

int txtar_parse(const char *text, size_t len, const char *path,
                struct txtar *out, struct fault *f)
{
	const char *first = text; /* of the present file's lines */
	long line = 1;

	*out = (struct txtar){0};
	if (strlen(text) != len)
		return fault_set(f, "%s: holds a NUL byte", path);
	for (const char *p = text; *p; line++) {
		size_t n = strcspn(p, "\n");
		char *name = read_name(p, n);

		if (!name && !out->count)
			return fault_set(f,
			                 "%s:%ld: want a line \"-- NAME --\"",
			                 path, line);
		if (name && out->count)
			add_lines(&out->file[out->count - 1], first,
			          (size_t)(p - first));
		if (name && check_name(out, name, path, line, f)) {
			free(name);
			return -1;
		}
		p += n + (p[n] == '\n');
		if (!name)
			continue;
		out->file =
		        xrealloc(out->file, out->count + 1, sizeof *out->file);
		out->file[out->count++] = (struct txtar_file){name, NULL};
		first = p;
	}
	if (!out->count)
		return fault_set(f, "%s: want a line \"-- NAME --\"", path);
	add_lines(&out->file[out->count - 1], first, strlen(first));
	return 0;
}

int txtar_read(const char *path, size_t max, struct txtar *out, struct fault *f)
{
	size_t len;
	char *text = file_read(path, max, &len);
	int failed;

	*out = (struct txtar){0};
	if (!text)
		return fault_errno(f, "%s", path);
	failed = txtar_parse(text, len, path, out, f);
	free(text);
	return failed;
}

void txtar_free(struct txtar *t)
{
	for (size_t i = 0; i < t->count; i++) {
		free(t->file[i].name);
		free(t->file[i].text);
	}
	free(t->file);
	*t = (struct txtar){0};
}
