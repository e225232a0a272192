/* project - a user's own program, and who says that it is right and how fast */
#include "project.h"
#include "file.h"
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HARNESS_MAX ((size_t)16 << 20)

/* What a project has of ours where it is the kernel's folder itself. */
#define OURS "/solution.txtar* /settings /definition.json /notes.md /hints.md"

static const char *const commands[] = {"build", "validate", "measure", "unit",
                                       "direction"};

int is_project(const struct settings *s)
{
	return settings_string(s, "measure", NULL) != NULL;
}

static int check_settings(const struct settings *s, struct fault *f)
{
	const char *direction = settings_string(s, "direction", "lower");
	const char *unit = settings_string(s, "unit", "");

	if (!*settings_string(s, "measure", "") ||
	    !*settings_string(s, "validate", "") ||
	    !*settings_string(s, "edit", ""))
		return fault_set(f,
		                 "%s: want measure, validate and edit: two "
		                 "commands, and the files that may change",
		                 s->path);
	if (!*unit || strpbrk(unit, " \t"))
		return fault_set(f,
		                 "%s: want unit, a word: what the numbers are "
		                 "that measure prints",
		                 s->path);
	if (strcmp(direction, "lower") && strcmp(direction, "higher"))
		return fault_set(f,
		                 "%s: want direction to be lower or higher, "
		                 "got \"%.40s\"",
		                 s->path, direction);
	if (*settings_string(s, "sanitize", ""))
		return fault_set(f,
		                 "%s: sanitize is for kernels: a project's "
		                 "validate does what is to be done",
		                 s->path);
	return 0;
}

/* Each must be a file of the folder: so a link to elsewhere is none. */
static int read_edit(struct project *p, const struct settings *s,
                     struct fault *f)
{
	char *rest, *word;

	p->names = rest = xstrdup(settings_string(s, "edit", ""));
	while ((word = strtok_r(rest, " \t", &rest))) {
		const struct tree_entry *e = tree_find(&p->tree, word);

		if (!path_is_beneath(word) || !e || e->is_folder || e->target)
			return fault_set(f,
			                 "%s: edit: %.120s is no file beneath "
			                 "%.200s",
			                 s->path, word, p->tree.root);
		p->edit = xrealloc(p->edit, p->count + 1, sizeof *p->edit);
		p->edit[p->count++] = word;
	}
	return 0;
}

static int describe(struct project *p, const struct settings *s,
                    struct fault *f)
{
	char *files = tree_manifest(&p->tree, (const char *const *)p->edit,
	                            p->count, f);
	size_t len;
	FILE *out;

	if (!files)
		return -1;
	out = xmemstream(&p->harness, &len);
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		fprintf(out, "# %s = %s\n", commands[i],
		        settings_string(s, commands[i], "-"));
	fputs(files, out);
	fclose(out);
	free(files);
	sha256_hex(p->harness, len, p->sha256);
	return 0;
}

int project_read(struct project *p, const char *kernel_dir,
                 const struct settings *s, struct fault *f)
{
	const char *where = settings_string(s, "project", ".");
	char *path = xasprintf("%s%s%s", *where == '/' ? "" : kernel_dir,
	                       *where == '/' ? "" : "/", where);
	char *root = realpath(path, NULL), *own = realpath(kernel_dir, NULL);
	char *ignore = xasprintf("%s %s", settings_string(s, "ignore", ""),
	                         root && own && !strcmp(root, own) ? OURS : "");
	int failed;

	*p = (struct project){0};
	failed = check_settings(s, f);
	if (!failed && !root)
		failed = fault_errno(f, "%s: project: %s", s->path, path);
	failed = failed || tree_list(root, ignore, &p->tree, f) ||
	         read_edit(p, s, f) || describe(p, s, f);
	free(ignore);
	free(path);
	free(root);
	free(own);
	return failed ? -1 : 0;
}

static int may_change(const struct project *p, const char *name)
{
	for (size_t i = 0; i < p->count; i++)
		if (strcmp(p->edit[i], name) == 0)
			return 1;
	return 0;
}

int project_check(const struct project *p, const struct txtar *t,
                  const char *path, struct fault *f)
{
	for (size_t i = 0; i < t->count; i++)
		if (!may_change(p, t->file[i].name))
			return fault_set(f,
			                 "%s: %.120s is not in the setting "
			                 "edit: it may not change",
			                 path, t->file[i].name);
	if (t->count != p->count)
		return fault_set(f,
		                 "%s: want all %zu files of the setting edit, "
		                 "got %zu",
		                 path, p->count, t->count);
	return 0;
}

static size_t line_of(const char *text)
{
	return strcspn(text, "\n");
}

/* What a line is about: a path, or a setting. */
static const char *subject(const char *line, size_t *len)
{
	size_t n = line_of(line);
	const char *name = line, *end;

	if (strncmp(line, "# link ", 7) == 0) {
		name += 7;
		end = strstr(name, " -> ");
	} else if (*line == '#') {
		name += 2;
		end = strstr(name, " = ");
	} else {
		name += n > SHA256_HEX ? SHA256_HEX + 1 : 0;
		end = NULL;
	}
	*len = end && end < line + n ? (size_t)(end - name)
	                             : n - (size_t)(name - line);
	return name;
}

/* The line about the same thing as the given one, or NULL. Both texts have one
 * order, so that it is looked for from `from` on, and only then before. */
static const char *counterpart(const char *text, const char *from,
                               const char *line)
{
	size_t len, n;
	const char *name = subject(line, &len), *at = from;

	do {
		const char *other = subject(at, &n);

		if (n == len && memcmp(name, other, n) == 0 &&
		    (*at == '#') == (*line == '#'))
			return at;
		at = *at ? at + line_of(at) + 1 : text;
	} while (at != from);
	return NULL;
}

/* The first thing that one text says and the other does not, or otherwise; or
 * NULL. Caller frees. */
static char *find_difference(const char *then, const char *now)
{
	const char *at = now;

	for (; *then; then += line_of(then) + 1) {
		const char *other = counterpart(now, at, then);
		size_t len;
		const char *name = subject(then, &len);

		if (!other || line_of(other) != line_of(then) ||
		    memcmp(other, then, line_of(then)) != 0)
			return xasprintf("%.*s", (int)len, name);
		at = other;
	}
	return NULL;
}

int project_check_history(const struct project *p, const char *path,
                          struct fault *f)
{
	char *then, *what;

	if (!file_exists(path))
		return 0;
	then = file_read(path, HARNESS_MAX, NULL);
	if (!then)
		return fault_errno(f, "%s", path);
	if (strcmp(then, p->harness) == 0) {
		free(then);
		return 0;
	}
	what = find_difference(then, p->harness);
	if (!what)
		what = find_difference(p->harness, then);
	fault_set(
	        f,
	        "%.120s changed since %s was written: what was measured before "
	        "cannot be compared with what is measured now. Put it back; or "
	        "move the folder of that file away, and begin anew",
	        what ? what : "the order of files", path);
	free(what);
	free(then);
	return -1;
}

int project_put(const struct project *p, const struct txtar *t, const char *dir,
                struct fault *f)
{
	if (tree_copy(&p->tree, dir, 1, f))
		return -1;
	for (size_t i = 0; i < t->count; i++) {
		char *path = xasprintf("%s/%s", dir, t->file[i].name);
		FILE *out = fopen(path, "we"); /* its mode and owner stay */
		int failed = !out || fputs(t->file[i].text, out) < 0;

		if ((out && fclose(out)) || failed) {
			fault_errno(f, "%s", path);
			free(path);
			return -1;
		}
		free(path);
	}
	return 0;
}

int project_find_change(const struct project *p, const char *dir, char **out,
                        struct fault *f)
{
	const char *files = p->harness;
	struct tree now;
	char *text = NULL;

	*out = NULL;
	if (tree_list(dir, "", &now, f) == 0)
		text = tree_manifest(&now, (const char *const *)p->edit,
		                     p->count, f);
	tree_free(&now);
	if (!text)
		return -1;
	for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
		files += line_of(files) + 1;
	*out = find_difference(files, text);
	free(text);
	return 0;
}
