/* workshop - the folder where compiling is done */
#include "workshop.h"
#include "file.h"
#include "memory.h"
#include "sandbox.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define AT_ONCE 64
#define PATIENCE_MS 3000
#define FREE_MIN (1 << 20) /* bytes; with less a compiler cannot work */

/* Caller frees. */
static char *home_path(void)
{
	return xasprintf("/tmp/ratchet-%u", (unsigned)getuid());
}

/* Takes the first of so many locks that is free now: its number, or -1. */
static int take_any(const char *home, int count)
{
	for (int i = 0; i < count; i++) {
		char *lock = xasprintf("%s/lock.%d", home, i);
		int fd = lock_take(lock, 0);

		free(lock);
		if (fd >= 0)
			return i;
	}
	return -1;
}

/* Other compilations are mostly short; a long wait has its reason told. */
static int wait_for_turn(const char *home, int count)
{
	for (int i = 0;; i++) {
		int free_one = take_any(home, count);

		if (free_one >= 0)
			return free_one;
		if (i == PATIENCE_MS / 10)
			warnx("waiting for other compilations (%s/lock.0)",
			      home);
		usleep(10 * 1000);
	}
}

void workshop_open(struct workshop *w)
{
	int is_jailed = strcmp(sandbox_level(), "bwrap") == 0, turn;
	char *home = home_path();
	struct stat st;

	if (mkdir(home, 0700) && errno != EEXIST)
		err(EXIT_TROUBLE, "%s", home);
	if (lstat(home, &st) || !S_ISDIR(st.st_mode) || st.st_uid != getuid() ||
	    (st.st_mode & 077))
		errx(EXIT_TROUBLE,
		     "%s: not a private folder of this user; "
		     "remove it",
		     home);
	turn = wait_for_turn(home, is_jailed ? AT_ONCE : 1);
	w->seen_as = xasprintf("%s/compile", home);
	w->dir = is_jailed ? xasprintf("%s.%d", w->seen_as, turn)
	                   : xstrdup(w->seen_as);
	if ((file_exists(w->dir) && dir_remove(w->dir)) || mkdir(w->dir, 0700))
		err(EXIT_TROUBLE, "%s", w->dir);
	free(home);
}

void workshop_publish(void)
{
	char *home = home_path(), *lock = xasprintf("%s/lock", home);

	if (lock_take(lock, 1) < 0)
		err(EXIT_TROUBLE, "%s", lock);
	free(lock);
	free(home);
}

void workshop_check_disk(const char *dir)
{
	struct statvfs v;

	if (statvfs(dir, &v) == 0 && v.f_bavail * v.f_frsize < FREE_MIN)
		errx(EXIT_TROUBLE, "%s: the disk is full", dir);
}
