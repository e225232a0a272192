/* disassembly - compiled code as text, by a tool in the jail */
#include "disassembly.h"
#include "command.h"
#include "file.h"
#include "memory.h"
#include "program.h"
#include "words.h"
#include "workshop.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIMIT_S 60
#define CODE_MAX ((size_t)1 << 30)

char *disassembler_find(const char *name)
{
	char *path = program_find(name), *usual;

	if (path)
		return path;
	usual = xasprintf("/usr/local/cuda/bin/%s", name);
	if (access(usual, X_OK) == 0)
		return usual;
	free(usual);
	return NULL;
}

/* The line that says more than a name and a copyright: NVIDIA's fourth, or
 * third. */
static const char *telling_line(const char *text)
{
	const char *line = strstr(text, "Cuda compilation tools");

	if (!line && strncmp(text, "NVIDIA", 6) == 0)
		line = strstr(text, "Version ");
	return line ? line : text;
}

char *disassembler_version(const char *tool)
{
	char *path = realpath(tool, NULL), *dir, *version;
	char *argv[] = {(char *)"tool", (char *)"--version", NULL};
	const char *slash = path ? strrchr(path, '/') : NULL, *line = "?";
	struct command_result r = {0};
	struct command c = {.file = path, .argv = argv, .limit_s = 10};
	const char *reads[] = {NULL, NULL};
	struct fault ignored;

	if (!path)
		return xstrdup(tool);
	reads[0] = dir = xasprintf("%.*s", (int)(slash - path), path);
	c.reads = reads;
	if (command_run(&c, &r, &ignored) == 0 && r.ok)
		line = telling_line(r.output);
	version = xasprintf("%s: %.*s", slash + 1, (int)strcspn(line, "\n"),
	                    line);
	free(r.output);
	free(path);
	free(dir);
	return version;
}

/* Runs the tool with its output in a file of the folder, because there may be
 * more than command_run keeps. */
static int run(const char *dir, const char *seen_as, char *const *argv,
               const char *tool_dir, struct fault *f)
{
	const char *const reads[] = {tool_dir, NULL};
	const struct command c = {.file = "/bin/sh",
	                          .argv = argv,
	                          .dir = dir,
	                          .limit_s = LIMIT_S,
	                          .reads = reads,
	                          .seen_as = seen_as};
	struct command_result r;
	int failed = command_run(&c, &r, f);

	if (failed)
		return -1;
	if (!r.ok)
		failed = fault_set(f, "%.60s: %.60s: %.*s", argv[3], r.ended,
		                   (int)strcspn(r.output, "\n"), r.output);
	free(r.output);
	return failed;
}

char *disassemble(const char *tool, const char *const *options,
                  const char *file, struct fault *f)
{
	char *path = realpath(tool, NULL), *copy, *text = NULL, *slash;
	struct words w = {0};
	static struct workshop shop; /* as its strings live */

	if (!path) {
		fault_errno(f, "%s", tool);
		return NULL;
	}
	words_add(&w, "sh", "-c", "exec \"$0\" \"$@\" >text", path, NULL);
	for (; *options; options++)
		words_add(&w, *options, NULL);
	words_add(&w, "code", NULL);
	slash = strrchr(path, '/');
	*slash = '\0';
	workshop_open(&shop);
	copy = xasprintf("%s/code", shop.dir);
	/* A jail reads it as another user. */
	if (file_copy(file, copy, CODE_MAX) || chmod(copy, 0644))
		fault_errno(f, "%s", file);
	else if (run(shop.dir, shop.seen_as, w.item, path, f) == 0 &&
	         !(text = file_read_beneath(shop.dir, "text", DISASSEMBLY_MAX,
	                                    NULL)))
		fault_errno(f, "%s", tool);
	dir_remove(shop.dir);
	words_free(&w);
	free(copy);
	free(path);
	return text;
}
