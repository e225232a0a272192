/* bwrap - what bubblewrap shows to a program, and what not */
#include "bwrap.h"
#include "memory.h"
#include "tool.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY "65534"
#define TMP_BYTES "268435456"
#define SHM_BYTES "67108864"

int bwrap_sizes = 1, bwrap_users = 1;

int bwrap_drops_root(const struct sandbox *s)
{
	return bwrap_users && geteuid() == 0 && !s->gpu &&
	       (s->writes || !s->reads);
}

static int is_beneath(const char *path, const char *dir)
{
	size_t n = strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '/' || !path[n]);
}

static void add_tmpfs(struct words *w, const char *bytes, const char *path)
{
	if (bwrap_users)
		words_add(w, "--perms", "1777", NULL);
	if (bwrap_sizes)
		words_add(w, "--size", bytes, NULL);
	words_add(w, "--tmpfs", path, NULL);
}

/* The folders above a path: bubblewrap would make them for its own user. */
static void make_way(struct words *w, const char *path)
{
	char *above = xstrdup(path);

	for (char *p = above + 1; bwrap_users && *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		words_add(w, "--perms", "0755", "--dir", above, NULL);
		*p = '/';
	}
	free(above);
}

static void show_as(struct words *w, const char *from, const char *to)
{
	make_way(w, to);
	words_add(w, "--ro-bind-try", from, to, NULL);
}

static void show(struct words *w, const char *path)
{
	show_as(w, path, path);
}

/* What every program needs: the system's programs and libraries. /bin and its
 * like are mostly links into /usr. */
static void show_system(struct words *w)
{
	static const char *const linked[] = {"/bin",   "/sbin",  "/lib",
	                                     "/lib32", "/lib64", "/libx32"};
	char target[PATH_MAX];

	show(w, "/usr");
	for (size_t i = 0; i < sizeof linked / sizeof *linked; i++) {
		ssize_t n = readlink(linked[i], target, sizeof target - 1);

		if (n < 0) {
			show(w, linked[i]);
			continue;
		}
		target[n] = '\0';
		words_add(w, "--symlink", target, linked[i], NULL);
	}
	show(w, "/etc/ld.so.cache");
	show(w, "/etc/alternatives");
	show(w, "/sys/devices/system/cpu");
	show(w, "/sys/devices/system/node");
}

/* The paths of a list like PATH, but for those that would show all. */
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

/* A device file of the driver, and of no other GPU than the one wanted. */
static int is_wanted(const char *name, const char *gpu)
{
	int minor;

	if (strncmp(name, "nvidia", 6))
		return 0;
	return !*gpu || sscanf(name, "nvidia%d", &minor) != 1 ||
	       strcmp(gpu + strlen("/dev/"), name) == 0;
}

/* The driver: its device files, its libraries, and what it reads of the bus. */
static void show_gpu(struct words *w, const char *gpu)
{
	static const char *const read[] = {"/usr/local/nvidia", "/sys/devices",
	                                   "/sys/bus/pci", "/sys/module/nvidia",
	                                   "/sys/module/nvidia_uvm"};
	DIR *dev = opendir("/dev");
	struct dirent *entry;

	for (size_t i = 0; i < sizeof read / sizeof *read; i++)
		show(w, read[i]);
	show_list(w, getenv("LD_LIBRARY_PATH"));
	show_list(w, getenv("CUDA_INJECTION64_PATH"));
	while (dev && (entry = readdir(dev))) {
		char *path = xasprintf("/dev/%s", entry->d_name);

		if (is_wanted(entry->d_name, gpu))
			words_add(w, "--dev-bind-try", path, path, NULL);
		free(path);
	}
	if (dev)
		closedir(dev);
}

static void show_ours(struct words *w, const char *name)
{
	char *from = xasprintf("%s/%s", tool_dir(), name);
	char *to = xasprintf(BWRAP_OURS "/%s", name);

	show_as(w, from, to);
	free(from);
	free(to);
}

/* Libraries lie beside programs where a machine may not have them. */
static void show_libraries(struct words *w)
{
	static const char *const name[] = {"libcjson.so.1", "libstdc++.so.6",
	                                   "libgcc_s.so.1", "libgomp.so.1"};

	for (size_t i = 0; i < sizeof name / sizeof *name; i++)
		show_ours(w, name[i]);
}

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int is_ours(const char *program)
{
	return is_beneath(program, tool_dir()) &&
	       name_of(program) == program + strlen(tool_dir()) + 1;
}

char *bwrap_path(const char *program)
{
	return is_ours(program) ? xasprintf(BWRAP_OURS "/%s", name_of(program))
	                        : xstrdup(program);
}

/* The folder that holds all of a program which is not the system's own: that
 * above bin, but never one that holds what the user has, too. */
static void show_installation(struct words *w, const char *program)
{
	const char *home = getenv("HOME");
	char *dir = xstrdup(program), *slash, here[PATH_MAX] = "/";

	*strrchr(dir, '/') = '\0';
	slash = strrchr(dir, '/');
	if (!getcwd(here, sizeof here))
		strcpy(here, "/");
	if (slash && slash > dir && strcmp(slash, "/bin") == 0) {
		*slash = '\0';
		if ((home && is_beneath(home, dir)) || is_beneath(here, dir))
			*slash = '/';
	}
	if (*dir && !is_beneath(dir, "/usr") && !is_beneath(dir, "/bin"))
		show(w, dir);
	free(dir);
}

static void show_program(struct words *w, const char *program)
{
	char real[PATH_MAX];

	show_ours(w, "enter");
	show_libraries(w);
	if (is_ours(program)) {
		show_ours(w, name_of(program));
		return;
	}
	show_installation(w, program);
	if (realpath(program, real))
		show_installation(w, real);
}

static void separate(struct words *w, const char *bwrap,
                     const struct sandbox *s, int info)
{
	char *fd = xasprintf("%d", info), *next = xasprintf("%d", info + 1);

	words_add(w, bwrap, "--unshare-user", "--unshare-ipc", "--unshare-pid",
	          "--unshare-net", "--unshare-uts", "--unshare-cgroup-try",
	          "--hostname", "jail", "--new-session", "--as-pid-1",
	          "--info-fd", fd, "--cap-drop", "ALL", NULL);
	if (bwrap_drops_root(s))
		words_add(w, "--uid", "0", "--gid", "0", "--userns-block-fd",
		          next, "--cap-add", "CAP_SETUID", "--cap-add",
		          "CAP_SETGID", "--cap-add", "CAP_SETPCAP", NULL);
	else
		words_add(w, "--uid", NOBODY, "--gid", NOBODY, NULL);
	free(next);
	free(fd);
}

const char *bwrap_dir(const struct sandbox *s)
{
	return s->writes && s->seen_as ? s->seen_as : s->dir ? s->dir : "/";
}

/* CUDA does not start where it cannot name its threads, in /proc/self/task. All
 * that is not of a process, the kernel's settings first, is still read-only. */
static void protect_system(struct words *w)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;

	while (proc && (entry = readdir(proc))) {
		char *path = xasprintf("/proc/%s", entry->d_name);
		struct stat st;

		if (entry->d_name[0] > '9' && lstat(path, &st) == 0 &&
		    (S_ISDIR(st.st_mode) ||
		     (S_ISREG(st.st_mode) && st.st_mode & 0222)))
			words_add(w, "--ro-bind", path, path, NULL);
		free(path);
	}
	if (proc)
		closedir(proc);
}

void bwrap_command(struct words *w, const char *bwrap, const struct sandbox *s,
                   int info)
{
	separate(w, bwrap, s, info);
	add_tmpfs(w, TMP_BYTES, "/tmp");
	show_system(w);
	words_add(w, "--dev", "/dev", NULL);
	if (s->gpu)
		show_gpu(w, s->gpu);
	add_tmpfs(w, SHM_BYTES, "/dev/shm");
	words_add(w, "--remount-ro", "/dev", "--proc", "/proc", NULL);
	if (s->gpu)
		protect_system(w);
	else
		words_add(w, "--remount-ro", "/proc", NULL);
	show_program(w, s->argv[0]);
	if (s->gpu)
		show_ours(w, "device.fatbin");
	for (size_t i = 0; s->reads && s->reads[i]; i++)
		show(w, s->reads[i]);
	if (s->writes) {
		make_way(w, bwrap_dir(s));
		words_add(w, "--bind", s->dir, bwrap_dir(s), NULL);
	}
	words_add(w, "--remount-ro", "/", "--", BWRAP_OURS "/enter", NULL);
}
