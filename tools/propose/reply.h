/* reply - a model's answer, read strictly
 *
 *	HYPOTHESIS: one change
 *	MECHANISM: why it is faster
 *	PREDICTS: 1.15
 *	RISK: how it could fail
 *	<<<<<<< REPLACE solution.c      or <<<<<<< WHOLE solution.c
 *	lines that stand there once        all lines
 *	=======                            >>>>>>>
 *	new lines
 *	>>>>>>>
 *
 * Text before the first field is passed over, and so are blank lines and
 * Markdown's fences around blocks and at their edges. A field may run over
 * several lines. Everything else is refused, and so is a text with characters
 * that do not show; the reason can go back to the model.
 */
#ifndef REPLY_H
#define REPLY_H

#include "fault.h"

#include <stddef.h>

#define REPLY_MAX ((size_t)4 << 20)
#define MAX_BLOCKS 64
#define MAX_PLANS 16
#define MAX_FIELD 2000 /* bytes */

/* Texts end each line with a newline. */
struct block {
	char *file;
	char *anchor; /* NULL: text is the whole file */
	char *text;
	long line; /* of its marker */
};

struct reply {
	char *hypothesis, *mechanism, *risk;
	double predicts; /* times as fast */
	struct block *block;
	size_t count;
};

/* A coder's reply: fields and at least one block. Returns -1 with the reason
 * set ("line N: ...") and nothing to free. */
int reply_read(const char *text, size_t len, struct reply *out,
               struct fault *why);
void reply_free(struct reply *r);

/* A planner's: count times the fields alone, with a line "---" between. out
 * has room for count. */
int reply_read_plans(const char *text, size_t len, size_t count,
                     struct reply *out, struct fault *why);

#endif
