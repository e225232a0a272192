/* workshop - the one folder where compiling is done */
#include "workshop.h"
#include "file.h"
#include "memory.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATIENCE_MS 3000
#define FREE_MIN (1 << 20) /* bytes; with less a compiler cannot work */

/* Other compilations are mostly short; a long wait has its reason told. */
static void wait_for_turn(const char *lock)
{
	for (int i = 0; i < PATIENCE_MS / 10; i++) {
		if (lock_take(lock, 0) >= 0)
			return;
		usleep(10 * 1000);
	}
	warnx("waiting for another compilation (%s)", lock);
	if (lock_take(lock, 1) < 0)
		err(EXIT_TROUBLE, "%s", lock);
}

char *workshop_open(void)
{
	char *home = xasprintf("/tmp/ratchet-%u", (unsigned)getuid());
	char *lock = xasprintf("%s/lock", home);
	char *dir = xasprintf("%s/compile", home);
	struct stat st;

	if (mkdir(home, 0700) && errno != EEXIST)
		err(EXIT_TROUBLE, "%s", home);
	if (lstat(home, &st) || !S_ISDIR(st.st_mode) || st.st_uid != getuid() ||
	    (st.st_mode & 077))
		errx(EXIT_TROUBLE,
		     "%s: not a private folder of this user; "
		     "remove it",
		     home);
	wait_for_turn(lock);
	if ((file_exists(dir) && dir_remove(dir)) || mkdir(dir, 0700))
		err(EXIT_TROUBLE, "%s", dir);
	free(home);
	free(lock);
	return dir;
}

void workshop_check_disk(const char *dir)
{
	struct statvfs v;

	if (statvfs(dir, &v) == 0 && v.f_bavail * v.f_frsize < FREE_MIN)
		errx(EXIT_TROUBLE, "%s: the disk is full", dir);
}
