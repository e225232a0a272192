/* tree - the files of a folder, listed, hashed and copied; no link is followed
 */
#ifndef TREE_H
#define TREE_H

#include "fault.h"
#include "sha256.h"

#include <stddef.h>
#include <time.h>

struct tree_entry {
	char *path;   /* relative to the root */
	char *target; /* of a link, or NULL */
	int is_folder, is_program;
	struct timespec changed;
};

struct tree {
	char *root;
	struct tree_entry *item; /* folders before what is in them */
	size_t count;
};

/* Lists what is there, but for .git, for names that a pattern of ignore fits
 * (blanks between; as fnmatch(3) has it), and for paths that one with a slash
 * before it fits. Anything but a file, a folder or a link is a fault, and so is
 * more than a bound of either files or bytes. To be freed also after a fault,
 * for which it returns -1. */
int tree_list(const char *root, const char *ignore, struct tree *out,
              struct fault *f);
void tree_free(struct tree *t);

/* The entry of a path, or NULL. */
const struct tree_entry *tree_find(const struct tree *t, const char *path);

/* The lines "HASH  PATH" of its files and "# link PATH -> TARGET" of its links,
 * as sha256sum(1) checks them, but for the paths of `but`. Caller frees.
 * Returns NULL with the fault set. */
char *tree_manifest(const struct tree *t, const char *const *but, size_t count,
                    struct fault *f);

/* Copies it into a folder that exists. Files keep their time, which make looks
 * at. is_open: all of it may then be written by anybody who sees that folder.
 */
int tree_copy(const struct tree *t, const char *to, int is_open,
              struct fault *f);

#endif
