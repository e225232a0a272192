/* remarks - what a C compiler says of the loops that it vectorized or did not
 *
 * From the log of a build with -fopt-info-vec (gcc) or -Rpass (clang).
 */
#ifndef REMARKS_H
#define REMARKS_H

#include <stddef.h>

#define REMARKS_MOST 12 /* lines of a kind that are kept */

struct remarks {
	struct remark {
		const char *at; /* len bytes of a stranger's text */
		size_t len;
	} done[REMARKS_MOST], missed[REMARKS_MOST];
	size_t ndone, nmissed; /* how many there were, each counted once */
};

/* Keeps the first lines of each kind; the same line twice is one. */
void remarks_parse(const char *log, struct remarks *out);

#endif
