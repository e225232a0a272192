/* parts - a solution taken apart into its sources, and put together again
 *
 * A solution is one source, solution.c or .cu, or several, which are named by
 * their paths: a FlashInfer Solution in JSON, or a project's solution.txtar.
 */
#ifndef PARTS_H
#define PARTS_H

#include "fault.h"
#include "json.h"
#include "txtar.h"

#include <stddef.h>

struct part {
	const char *name;
	char *text; /* ends with a newline, unless it is empty */
};

struct parts {
	json *document;       /* of JSON, else NULL */
	struct txtar archive; /* of a .txtar; else without files */
	struct part *item;
	size_t count;
};

/* path says what kind it is and must outlive the parts. To be freed also after
 * a fault, for which it returns -1. */
int parts_read(const char *path, const char *text, size_t len,
               struct parts *out, struct fault *f);
void parts_free(struct parts *p);

/* The solution's text, with the parts' texts. Caller frees. */
char *parts_text(const struct parts *p);

#endif
