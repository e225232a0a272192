/* job_view - outputs that are compared through a view
 *
 * Some answers are right in more than one form, as the indices of a top-k are
 * in any order. Then `view.OUTPUT = DTYPE` in the settings says that what the
 * reference's `evaluate` makes of the output is compared, a tensor of its shape
 * and that type: the scores that the indices stand for, sorted.
 */
#ifndef JOB_VIEW_H
#define JOB_VIEW_H

#include "job.h"

/* Takes the settings. Returns -1 with the fault set if they name what is not
 * there. */
int job_view(struct job *j, struct fault *f);

int job_is_viewed(const struct job *j, size_t output);

/* How many outputs are. */
size_t job_viewed(const struct job *j);

/* The type of what is compared: of the output, or of its view. */
enum dtype job_compared(const struct job *j, size_t output);

/* Views and the reference's `evaluate` are there together or not at all: else
 * returns -1 with the fault set. */
int job_view_agrees(const struct job *j, int exports, struct fault *f);

/* A view that differs is wrong, whatever its elements look like. */
void job_view_check(const struct job *j, size_t output, struct check *c);

/* "indices as float32", or "" if there are none. Caller frees. */
char *job_views(const struct job *j);

#endif
