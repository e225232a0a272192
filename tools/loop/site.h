/* site - where a kernel's experiments are made, and what they stand on */
#ifndef SITE_H
#define SITE_H

#include "base.h"
#include "ledger.h"

struct site {
	const char *experiments;
	const char *build; /* the incumbent's build.json */
	struct ground ground;
	struct ledger ledger; /* and, after it, what is begun, as pending */
	size_t published;     /* entries of the ledger proper */
};

/* Reads what the paths in it name: the ledger, the incumbent and its build,
 * which must be that of the source that stands. Returns -1 with the fault set.
 */
int site_read(struct site *s, struct fault *f);

/* Adds the shipped solution as pending: it is a point of the knobs' space, and
 * a text that a candidate must not repeat. */
int site_add_shipped(struct site *s, struct fault *f);

#endif
