/* diff_view - a unified diff, its lines told apart */
#ifndef DIFF_VIEW_H
#define DIFF_VIEW_H

#include <stddef.h>
#include <stdio.h>

/* What is removed and added stands in <del> and <ins>. Shows max lines and
 * returns how many more there are. */
size_t diff_view(FILE *p, const char *text, size_t len, size_t max);

/* How many lines a diff adds and removes. */
void diff_count(const char *text, size_t len, size_t *added, size_t *removed);

/* change.diff of an experiment, if that is kept, else the same made from the
 * two sources; NULL where they are not at hand. kernel_dir may be NULL. Caller
 * frees. */
char *diff_of(const char *experiments, const char *kernel_dir,
              const char *device, const char *experiment, const char *incumbent,
              size_t *len, int *is_kept);

#endif
