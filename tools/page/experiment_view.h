/* experiment_view - one experiment: its row among all, and its section
 *
 * How much of it is shown falls with the number of experiments, so that a page
 * of a thousand still opens at once: what is left out is counted, and its file
 * named.
 */
#ifndef EXPERIMENT_VIEW_H
#define EXPERIMENT_VIEW_H

#include "facts.h"
#include "history.h"

/* The table's columns and rows, one an entry. */
void experiment_columns(FILE *p, const struct history *h);
void experiment_row(FILE *p, const struct history *h, size_t i);

/* lessons: the text of LESSONS.md, or NULL. */
void experiment_section(FILE *p, const struct history *h, size_t i,
                        const struct facts *x, const char *lessons);

/* An outcome as a word with its mark. */
void experiment_badge(FILE *p, const char *outcome);

/* A link to its section, or its name where it has none. */
void experiment_link(FILE *p, const struct history *h, const char *name);

/* Its diff, of at most so many lines, with a line about the rest. */
void experiment_diff(FILE *p, const struct history *h, size_t i,
                     const struct facts *x, size_t lines);

#endif
