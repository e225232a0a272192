/* chore - one of a project's commands, run in the jail where its copy is */
#include "chore.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SECONDS 60

/* The seconds that a command may take. Returns -1 with the fault set. */
static int chore_seconds(const struct settings *s, double *out, struct fault *f)
{
	*out = SECONDS;
	return settings_number(s, "timeout_s", 0.01, 3600, out, f);
}

/* The absolute paths of the setting; ends with NULL. Takes text. */
static const char **read_paths(char *text, const struct settings *s,
                               struct fault *f)
{
	const char **path = xcalloc(strlen(text) + 2, sizeof *path);
	char *rest = text, *word;
	size_t n = 0;

	while ((word = strtok_r(rest, " \t", &rest))) {
		path[n++] = word;
		if (*word == '/' && word[1])
			continue;
		fault_set(f, "%s: want reads to be absolute paths, got %.80s",
		          s->path, word);
		free(path);
		return NULL;
	}
	return path;
}

/* The last bytes of a file in memory, as a text. */
static void read_end(int fd, char out[CHORE_OUT])
{
	off_t size = lseek(fd, 0, SEEK_END);
	off_t from = size > CHORE_OUT - 1 ? size - (CHORE_OUT - 1) : 0;
	ssize_t n = pread(fd, out, CHORE_OUT - 1, from);

	out[n > 0 ? n : 0] = '\0';
	close(fd);
}

int chore_run(const char *command, const struct settings *s,
              const struct workshop *w, char out[CHORE_OUT],
              struct command_result *r, struct fault *f)
{
	char *line = xasprintf("%s%s", out ? "exec >&3 3>&-\n" : "", command);
	char shell[] = "/bin/sh", flag[] = "-c";
	char *argv[] = {shell, flag, line, NULL};
	char *reads = xstrdup(settings_string(s, "reads", ""));
	const char **paths = read_paths(reads, s, f);
	int fd = out ? memfd_create("out", MFD_CLOEXEC) : -1;
	struct command c = {.file = shell,
	                    .argv = argv,
	                    .dir = w->dir,
	                    .reads = paths,
	                    .seen_as = w->seen_as,
	                    .out = out ? &fd : NULL,
	                    .gpu = strcmp(s->device, "cuda") ? NULL : ""};
	double seconds;
	int failed = !paths || chore_seconds(s, &seconds, f);

	if (!failed && out && fd < 0)
		failed = fault_errno(f, "memfd_create");
	if (!failed) {
		c.limit_s = seconds;
		failed = command_run(&c, r, f);
	}
	if (fd >= 0)
		read_end(fd, out);
	free(paths);
	free(reads);
	free(line);
	return failed ? -1 : 0;
}
