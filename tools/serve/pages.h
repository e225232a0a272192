/* pages - what is served: the pages of records, and whether they are of today
 *
 * The names are those of the folders that have a page; nothing else of the disk
 * can be asked for.
 */
#ifndef PAGES_H
#define PAGES_H

#include "buffer.h"

#define STAMP 64

struct pages {
	const char *experiments;
	char *const *command; /* makes them; NULL-terminated */
	char stamp[STAMP];    /* of the records that they were made of */
};

/* What changes when an experiment lands. */
void pages_stamp(const struct pages *p, char out[STAMP]);

/* Makes them again where the records are newer. A command that fails says so
 * itself, and what was there stays. */
void pages_refresh(struct pages *p);

/* The page of a path, "/" or "/K/" (or with index.html): 0, or -1 if there is
 * none. It differs from the file in that it may ask here for "/stamp", and
 * says what the stamp was. */
int pages_read(const struct pages *p, const char *path, struct buffer *out);

#endif
