/* receipt - what a coding agent's command line reports when it is done
 *
 * One JSON object ("type": "result"), or an array that ends with it. It is the
 * agent's own word: only what can be true is taken.
 */
#ifndef RECEIPT_H
#define RECEIPT_H

#include "usage.h"

#include <stddef.h>

#define SESSION_MAX 64

struct receipt {
	int is_there;              /* there is such an object */
	int is_error;              /* it says that it failed */
	double usd;                /* NAN where it is not believable */
	struct usage usage;        /* zero likewise */
	char session[SESSION_MAX]; /* its id, "" if it has none */
	char stop_reason[64];      /* its subtype */
};

/* most_usd: more than that is not believed. */
void receipt_read(const char *text, size_t len, double most_usd,
                  struct receipt *out);

#endif
