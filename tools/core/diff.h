/* diff - two texts as a unified diff, which patch(1) can apply
 *
 * The shortest one (Myers) while at most 3000 lines differ and that is found
 * within about a second; else what lies between the common beginning and end
 * is replaced as a whole: longer, and as right.
 */
#ifndef DIFF_H
#define DIFF_H

#include <stddef.h>

struct diff_side {
	const char *label; /* what its header line names, such as a path */
	const char *text;
	size_t len;
};

/* "" for equal texts. Caller frees. */
char *diff_unified(const struct diff_side *before,
                   const struct diff_side *after);

#endif
