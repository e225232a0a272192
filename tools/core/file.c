/* file - whole files, written completely or not at all */
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libgen.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static ssize_t read_all(int fd, char *buf, size_t len)
{
	size_t got = 0;

	while (got < len) {
		ssize_t n = read(fd, buf + got, len - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

static int write_all(int fd, const char *buf, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, buf, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		buf += n;
		len -= (size_t)n;
	}
	return 0;
}

static int close_keeping_errno(int fd)
{
	int error = errno;

	close(fd);
	errno = error;
	return -1;
}

int file_open_beneath(const char *dir, const char *name)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
	                       .resolve = RESOLVE_BENEATH |
	                                  RESOLVE_NO_SYMLINKS |
	                                  RESOLVE_NO_MAGICLINKS};
	int folder = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC), fd;
	struct stat st;

	if (folder < 0)
		return -1;
	fd = (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
	close_keeping_errno(folder);
	if (fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode)) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		return close_keeping_errno(fd);
	}
	return fd;
}

/* Closes fd. */
static char *read_whole(int fd, size_t max, size_t *len)
{
	struct stat st;
	ssize_t n = -1;
	char *buf = NULL;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0) {
		errno = S_ISDIR(st.st_mode) ? EISDIR : EINVAL;
		if (S_ISREG(st.st_mode)) {
			errno = EFBIG;
			if ((size_t)st.st_size <= max) {
				buf = xcalloc((size_t)st.st_size + 1, 1);
				n = read_all(fd, buf, (size_t)st.st_size);
			}
		}
	}
	if (n < 0) {
		free(buf);
		close_keeping_errno(fd);
		return NULL;
	}
	close(fd);
	buf[n] = '\0';
	if (len)
		*len = (size_t)n;
	return buf;
}

char *file_read(const char *path, size_t max, size_t *len)
{
	return read_whole(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), max,
	                  len);
}

char *file_read_beneath(const char *dir, const char *name, size_t max,
                        size_t *len)
{
	return read_whole(file_open_beneath(dir, name), max, len);
}

static int sync_dir_of(const char *path)
{
	char *copy = xstrdup(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	free(copy);
	if (fd < 0)
		return -1;
	if (fsync(fd))
		return close_keeping_errno(fd);
	return close(fd);
}

static mode_t file_mode(void)
{
	mode_t mask = umask(0);

	umask(mask);
	return 0666 & ~mask;
}

static int write_as(const char *path, const void *data, size_t len, mode_t mode)
{
	char *temp = xasprintf("%s.XXXXXX", path);
	int fd = mkostemp(temp, O_CLOEXEC);
	int failed;

	if (fd < 0) {
		free(temp);
		return -1;
	}
	failed = fchmod(fd, mode) || write_all(fd, data, len) || fsync(fd);
	failed = (failed ? close_keeping_errno(fd) : close(fd)) != 0;
	if (failed || rename(temp, path)) {
		int error = errno;

		unlink(temp);
		free(temp);
		errno = error;
		return -1;
	}
	free(temp);
	return sync_dir_of(path);
}

int file_write(const char *path, const void *data, size_t len)
{
	return write_as(path, data, len, file_mode());
}

int file_replace_beneath(const char *dir, const char *name, const void *data,
                         size_t len)
{
	int fd = file_open_beneath(dir, name), failed;
	struct stat st;
	char *path;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st))
		return close_keeping_errno(fd);
	close(fd);
	path = xasprintf("%s/%s", dir, name);
	failed = write_as(path, data, len, st.st_mode & 0777);
	free(path);
	return failed;
}

/* Takes data. */
static int write_copy(const char *to, char *data, size_t len)
{
	int failed;

	if (!data)
		return -1;
	failed = file_write(to, data, len);
	free(data);
	return failed;
}

int file_copy(const char *from, const char *to, size_t max)
{
	size_t len = 0;
	char *data = file_read(from, max, &len);

	return write_copy(to, data, len);
}

int file_copy_beneath(const char *dir, const char *name, const char *to,
                      size_t max)
{
	size_t len = 0;
	char *data = file_read_beneath(dir, name, max, &len);

	return write_copy(to, data, len);
}

int file_append(const char *path, const char *line)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
	char *text;
	size_t len;
	ssize_t n;
	off_t end;

	if (fd < 0)
		return -1;
	end = lseek(fd, 0, SEEK_END);
	text = xasprintf("%s\n", line);
	len = strlen(text);
	n = write(fd, text, len);
	free(text);
	if (n >= 0 && (size_t)n != len) {
		/* What it cannot cut off again, readers pass over. */
		errno = ftruncate(fd, end) ? errno : ENOSPC;
		n = -1;
	}
	if (n < 0 || fsync(fd))
		return close_keeping_errno(fd);
	return close(fd) || sync_dir_of(path) ? -1 : 0;
}

int path_is_beneath(const char *path)
{
	if (*path == '/' || *path == '\0')
		return 0;
	for (const char *p = path; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			return 0;
		if ((p == path || p[-1] == '/') && strncmp(p, "..", 2) == 0 &&
		    (p[2] == '/' || p[2] == '\0'))
			return 0;
	}
	return path[strlen(path) - 1] != '/';
}

int file_exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

int dir_make(const char *path)
{
	char *copy = xstrdup(path);
	int failed = 0;

	for (char *p = copy + 1; *p && !failed; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		failed = mkdir(copy, 0777) && errno != EEXIST;
		*p = '/';
	}
	if (!failed)
		failed = mkdir(copy, 0777) && errno != EEXIST;
	free(copy);
	return failed ? -1 : 0;
}

int dir_make_above(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *above;
	int failed;

	if (!slash || slash == path)
		return 0;
	above = xasprintf("%.*s", (int)(slash - path), path);
	failed = dir_make(above);
	free(above);
	return failed;
}

static unsigned long long counted;

static int count_one(const char *path, const struct stat *st, int type,
                     struct FTW *ftw)
{
	(void)path;
	(void)ftw;
	if (type == FTW_F)
		counted += (unsigned long long)st->st_blocks * 512;
	return 0;
}

unsigned long long dir_bytes(const char *path)
{
	counted = 0;
	nftw(path, count_one, 16, FTW_PHYS);
	return counted;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int opened;

/* A folder that its owner made so that not even he may look into it. */
static int open_one(const char *path, const struct stat *st, int type,
                    struct FTW *ftw)
{
	(void)ftw;
	if ((type == FTW_D || type == FTW_DNR) &&
	    (st->st_mode & 0700) != 0700 && chmod(path, 0700) == 0)
		opened = 1;
	return 0;
}

int dir_remove(const char *path)
{
	while (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS)) {
		int error = errno;

		opened = 0;
		nftw(path, open_one, 16, FTW_PHYS);
		errno = error;
		if (!opened)
			return -1;
	}
	return 0;
}

static int lock_as(const char *path, int how)
{
	/* Without O_CREAT first: with it, Linux may refuse another user's file
	 * in /tmp. */
	int flags = O_RDWR | O_CLOEXEC | O_NOFOLLOW, fd = open(path, flags);

	if (fd < 0 && errno == ENOENT)
		fd = open(path, flags | O_CREAT, 0666);
	if (fd < 0)
		return -1;
	while (flock(fd, how)) {
		if (errno != EINTR)
			return close_keeping_errno(fd);
	}
	return fd;
}

int lock_take(const char *path, int wait)
{
	return lock_as(path, wait ? LOCK_EX : LOCK_EX | LOCK_NB);
}

int lock_share(const char *path, int wait)
{
	return lock_as(path, wait ? LOCK_SH : LOCK_SH | LOCK_NB);
}
