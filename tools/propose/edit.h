/* edit - a reply's blocks, applied to the solution that they were written for
 *
 * Names of files are compared, never opened: a block can only name a file of
 * the solution that may be edited, solution.c or a source of solution.json.
 * What an anchor says must stand there once, at whole lines, as the solution
 * was before any block.
 */
#ifndef EDIT_H
#define EDIT_H

#include "ledger.h"
#include "reply.h"

struct edit_target {
	const char *path; /* of the solution; its name counts */
	const char *text;
	size_t len;
	const char *editable; /* names, a blank between; "": every source */
};

/* The solution with the blocks applied. Returns NULL with the reason set, for
 * the model's eyes. Caller frees. */
char *edit_apply(const struct edit_target *t, const struct reply *r,
                 struct fault *why);

/* No candidate of a device in the ledger, pending ones included, has this
 * text. Its hash is left in hex. Returns -1 with the reason set, "repeats
 * exp_NNNN ...". */
int edit_is_new(const char *candidate, const struct ledger *l,
                const char *device, char hex[SHA256_HEX], struct fault *why);

/* The names that may be edited, a comma between. Caller frees. */
char *edit_names(const struct edit_target *t);

#endif
