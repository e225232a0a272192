/* journal - files of JSON lines that only grow
 *
 * One write(2) a line. A last line without its newline is what a full disk or
 * a power cut left: readers pass over it, the next append cuts it off.
 */
#ifndef JOURNAL_H
#define JOURNAL_H

#include "fault.h"
#include "json.h"

#include <stddef.h>

struct journal {
	json **line; /* in order; each knows its number (json_line) */
	size_t count;
};

/* A missing file is an empty journal. Returns -1 with the fault set. */
int journal_read(const char *path, struct journal *out, struct fault *f);
void journal_free(struct journal *j);

/* On disk when it returns 0. Only under a lock that all writers take. */
int journal_append(const char *path, const json *line, struct fault *f);

#endif
