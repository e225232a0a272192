/* project - a user's own program, and who says that it is right and how fast
 *
 * A kernel whose settings have a `measure` command is one: a folder of any
 * files, of which `edit` names those that may change. All others, and the
 * commands, are the harness: what right and fast mean there.
 */
#ifndef PROJECT_H
#define PROJECT_H

#include "fault.h"
#include "settings.h"
#include "sha256.h"
#include "tree.h"
#include "txtar.h"

#define TRUST_USER "user-harness"

struct project {
	char *names; /* holds the texts of edit */
	char **edit;
	size_t count;
	struct tree tree; /* of the folder, all of it */
	char *harness;    /* its commands and the hash of each file, as lines */
	char sha256[SHA256_HEX]; /* of these */
};

int is_project(const struct settings *s);

/* Reads the folder that settings name, relative to kernel_dir. Returns -1 with
 * the fault set. The strings live as long as the program. */
int project_read(struct project *p, const char *kernel_dir,
                 const struct settings *s, struct fault *f);

/* Are the files of an archive those that may change, all of them and no
 * others? -1 with the fault set. */
int project_check(const struct project *p, const struct txtar *t,
                  const char *path, struct fault *f);

/* Is the harness what the lines in the file at path say, if there is one? -1
 * with the fault set: what changed, and what to do. */
int project_check_history(const struct project *p, const char *path,
                          struct fault *f);

/* Puts a copy with these files into an empty folder. */
int project_put(const struct project *p, const struct txtar *t, const char *dir,
                struct fault *f);

/* What is no longer there of the harness in such a copy, or is otherwise, after
 * something was run in it: a path, or NULL. Caller frees. -1 with the fault set
 * if that cannot be said. */
int project_find_change(const struct project *p, const char *dir, char **out,
                        struct fault *f);

#endif
