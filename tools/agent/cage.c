/* cage - the jail of a coding agent */
#include "cage.h"
#include "bwrap.h"
#include "memory.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TMP_BYTES "1073741824"

static void show(struct words *w, const char *path)
{
	words_add(w, "--ro-bind-try", path, path, NULL);
}

/* /bin and its like are mostly links into /usr. */
static void show_linked(struct words *w, const char *path)
{
	char target[PATH_MAX];
	ssize_t n = readlink(path, target, sizeof target - 1);

	if (n < 0) {
		show(w, path);
		return;
	}
	target[n] = '\0';
	words_add(w, "--symlink", target, path, NULL);
}

/* Programs, and what a program needs to speak TLS to a server by its name. */
static void show_system(struct words *w)
{
	static const char *const linked[] = {"/bin", "/sbin", "/lib", "/lib32",
	                                     "/lib64"};
	static const char *const read[] = {
	        "/usr",           "/etc/alternatives",  "/etc/ca-certificates",
	        "/etc/group",     "/etc/hosts",         "/etc/ld.so.cache",
	        "/etc/localtime", "/etc/nsswitch.conf", "/etc/passwd",
	        "/etc/pki",       "/etc/resolv.conf",   "/etc/ssl"};

	for (size_t i = 0; i < sizeof read / sizeof *read; i++)
		show(w, read[i]);
	for (size_t i = 0; i < sizeof linked / sizeof *linked; i++)
		show_linked(w, linked[i]);
}

static void show_list(struct words *w, const char *list)
{
	while (list && *list) {
		size_t n = strcspn(list, ":");
		char *dir = xasprintf("%.*s", (int)n, list);

		if (n > 1 && *dir == '/')
			show(w, dir);
		free(dir);
		list += n + (list[n] == ':');
	}
}

/* What is mounted cannot be moved away from within. */
static void show_room(struct words *w, const char *room)
{
	static const char *const given[] = {".claude",   ".git",     ".step",
	                                    "CLAUDE.md", "brief.md", "records",
	                                    "step"};

	words_add(w, "--bind", room, CAGE_ROOM, NULL);
	for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
		char *from = xasprintf("%s/%s", room, given[i]);
		char *to = xasprintf(CAGE_ROOM "/%s", given[i]);

		words_add(w, "--ro-bind", from, to, NULL);
		free(from);
		free(to);
	}
}

void cage_command(struct words *w, const char *bwrap, const struct cage *c)
{
	words_add(w, bwrap, "--unshare-all", "--share-net", "--die-with-parent",
	          "--new-session", "--cap-drop", "ALL", NULL);
	show_system(w);
	words_add(w, "--proc", "/proc", "--dev", "/dev", NULL);
	if (bwrap_sizes)
		words_add(w, "--size", TMP_BYTES, NULL);
	words_add(w, "--tmpfs", "/tmp", NULL);
	show(w, c->program);
	show_list(w, getenv("AGENT_READS"));
	words_add(w, "--bind", c->home, CAGE_HOME, NULL);
	show_room(w, c->room);
	words_add(w, "--remount-ro", "/", "--chdir", CAGE_ROOM, "--",
	          c->program, NULL);
}
