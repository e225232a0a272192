/* children - the processes that we started, and the strangers they leave */
#include "children.h"
#include "clock.h"
#include "memory.h"
#include "tool.h"

#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_LISTED 256
#define PATIENCE_S 10

static pid_t *child;
static size_t nchildren;

void children_add(pid_t pid)
{
	child = xrealloc(child, nchildren + 1, sizeof *child);
	child[nchildren++] = pid;
}

void children_remove(pid_t pid)
{
	for (size_t i = 0; i < nchildren; i++) {
		if (child[i] == pid)
			child[i--] = child[--nchildren];
	}
}

/* The children of one thread. Returns how many there are now. */
static size_t list_of_thread(int dir, const char *thread, pid_t *out,
                             size_t count)
{
	char name[64], text[4096], *at = text, *end;
	ssize_t n = -1;
	int fd;

	snprintf(name, sizeof name, "%.20s/children", thread);
	fd = openat(dir, name, O_RDONLY | O_CLOEXEC);
	if (fd >= 0) {
		n = read(fd, text, sizeof text - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\0';
	for (; count < MAX_LISTED; at = end) {
		long pid = strtol(at, &end, 10);

		if (end == at)
			break;
		out[count++] = (pid_t)pid;
	}
	return count;
}

/* The children of a process, MAX_LISTED at most; none where the kernel cannot
 * say (CONFIG_PROC_CHILDREN). */
static size_t list_children(pid_t pid, pid_t *out)
{
	char *path = xasprintf("/proc/%d/task", (int)pid);
	DIR *dir = opendir(path);
	struct dirent *entry;
	size_t count = 0;

	free(path);
	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] != '.')
			count = list_of_thread(dirfd(dir), entry->d_name, out,
			                       count);
	}
	if (dir)
		closedir(dir);
	return count;
}

/* Our children that we did not start: orphans of what we did start. */
static size_t list_strangers(pid_t *out)
{
	size_t all = list_children(getpid(), out), count = 0;

	for (size_t i = 0; i < all; i++) {
		size_t k = 0;

		while (k < nchildren && child[k] != out[i])
			k++;
		if (k == nchildren)
			out[count++] = out[i];
	}
	return count;
}

/* Waits for a child that was killed; 0 if it is still there after PATIENCE_S.
 */
static int wait_for_end(pid_t pid)
{
	const struct timespec moment = {0, 50000};
	double end = clock_seconds() + PATIENCE_S;
	int status;

	do {
		pid_t done = waitpid(pid, &status, WNOHANG);

		if (done == pid || (done < 0 && errno != EINTR))
			return 1;
		nanosleep(&moment, NULL);
	} while (clock_seconds() < end);
	return 0;
}

void children_reap(pid_t pid)
{
	kill(pid, SIGKILL);
	if (!wait_for_end(pid))
		errx(EXIT_TROUBLE,
		     "process %d was killed and does not end: does a device "
		     "hang? See dmesg and nvidia-smi; a GPU that hangs wants a "
		     "reset or a reboot",
		     (int)pid);
}

/* Each that dies may leave others. */
void children_kill_strangers(void)
{
	pid_t found[MAX_LISTED];
	size_t count;

	for (int i = 0; i < MAX_LISTED; i++) {
		count = list_strangers(found);
		if (count == 0)
			break;
		for (size_t k = 0; k < count; k++)
			children_reap(found[k]);
	}
}
