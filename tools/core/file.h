/* file - whole files, written completely or not at all
 *
 * Every function returns -1 or NULL with errno set on failure.
 */
#ifndef FILE_H
#define FILE_H

#include <stddef.h>

/* The whole of a regular file, NUL added after *len bytes (len may be NULL).
 * Caller frees. Fails with EFBIG above max bytes, EINVAL if not regular. */
char *file_read(const char *path, size_t max, size_t *len);

/* For names that a stranger chose, beneath a folder of ours: no step of the way
 * may be a link or leave the folder (ELOOP, EXDEV), and the file must be
 * regular (EISDIR, EINVAL). Opens for reading, reads, copies. */
int file_open_beneath(const char *dir, const char *name);
char *file_read_beneath(const char *dir, const char *name, size_t max,
                        size_t *len);
int file_copy_beneath(const char *dir, const char *name, const char *to,
                      size_t max);

/* Replaces path atomically: temporary file in the same folder, fsync, rename,
 * fsync of the folder. A failure leaves what was there and no leftover. */
int file_write(const char *path, const void *data, size_t len);

/* Replaces a file that is there beneath a folder, as file_open_beneath finds
 * it; the new one has its permissions. */
int file_replace_beneath(const char *dir, const char *name, const void *data,
                         size_t len);

/* Copies a regular file atomically, up to max bytes. */
int file_copy(const char *from, const char *to, size_t max);

/* Appends one line ('\n' is added) with one write(2), and fsyncs file and
 * folder. A disk that has room for a part of it keeps none. */
int file_append(const char *path, const char *line);

/* 1 if a path that a document names stays beneath the folder that it is put
 * into: relative, not empty, without ".." and control characters; else 0. */
int path_is_beneath(const char *path);

/* 1 if a path exists (of whatever kind), else 0. */
int file_exists(const char *path);

/* Makes a folder and its parents; an existing folder is no failure. */
int dir_make(const char *path);

/* Makes the folders above a path. */
int dir_make_above(const char *path);

/* The room that the files of a folder take, in bytes, following no link. */
unsigned long long dir_bytes(const char *path);

/* Removes a folder and all in it, following no link. */
int dir_remove(const char *path);

/* Takes an exclusive lock on path (made if absent, mode 0666), waiting for it
 * if wait is set, else failing with EWOULDBLOCK. Returns the descriptor, close
 * on exec; closing it gives the lock back. */
int lock_take(const char *path, int wait);

/* The same, but for a lock that all may have who share it. */
int lock_share(const char *path, int wait);

#endif
