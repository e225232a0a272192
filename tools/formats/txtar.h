/* txtar - several text files as one: "-- NAME --" and its lines, and so on
 *
 * The form of Go's tools, without their leading comment: what lines a file has
 * are lines of the archive too, so that both can be read, compared and tuned
 * alike.
 */
#ifndef TXTAR_H
#define TXTAR_H

#include "fault.h"

#include <stddef.h>

#define TXTAR_LINE "-- %s --\n" /* before a file, of its name */

struct txtar {
	struct txtar_file {
		char *name; /* relative, no "..", unique */
		char *text; /* ends with a newline, unless it is empty */
	} * file;
	size_t count;
};

/* path serves messages. To be freed also after a fault, for which it returns
 * -1. */
int txtar_parse(const char *text, size_t len, const char *path,
                struct txtar *out, struct fault *f);
int txtar_read(const char *path, size_t max, struct txtar *out,
               struct fault *f);
void txtar_free(struct txtar *t);

#endif
