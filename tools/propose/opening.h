/* opening - the first prompt of an experiment's conversation */
#ifndef OPENING_H
#define OPENING_H

#include "dialogue.h"

/* The source that the intent's edits are for, and its path. Returns NULL with
 * the fault set, also where it changed since. len may be NULL. Caller frees. */
char *opening_source(const struct site *s, const struct intent *i, char **path,
                     size_t *len, struct fault *f);

/* What the source at this path is called there, kept by whatever name:
 * "solution.c". Caller frees. */
char *opening_name(const char *path);

/* The coder's prompt, on a planner's hypothesis or, where that is NULL, with
 * its place among the candidates beside it; and the planner's, for all of them.
 * Return -1 with the fault set. */
int opening_coder(const struct dialogue *d, const struct intent *i,
                  const char *hypothesis, struct prompt *out, struct fault *f);
int opening_planner(const struct dialogue *d, const struct intent *i,
                    struct prompt *out, struct fault *f);

/* Makes it the conversation's first turn. What had no room is kept beside it,
 * in prompt.tsv. */
int opening_write(const char *dir, const struct prompt *p, struct fault *f);

#endif
