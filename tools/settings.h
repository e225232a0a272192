/* settings - a kernel's "key = value" lines, and a job's
 *
 * '#' begins a comment. A key is [a-z0-9_.]+ and appears once. Where a key
 * exists also as "key.DEVICE", that one wins for the device. Unknown keys are
 * a fault, so that a misspelt rule is never silently the default.
 */
#ifndef SETTINGS_H
#define SETTINGS_H

#include "fault.h"

#include <stddef.h>

struct settings {
	char *path;
	char *device; /* "cpu", "cuda" or "" */
	struct setting {
		char *key, *value;
		long line;
	} *item;
	size_t count;
};

/* known: NULL-terminated list of allowed keys; "hidden." (a trailing dot)
 * allows any key with that prefix. Returns -1 with the fault set. */
int settings_read(const char *path, const char *device,
		  const char *const *known, struct settings *out,
		  struct fault *f);
void settings_free(struct settings *s);

/* The value, or fallback where the key is absent. */
const char *settings_string(const struct settings *s, const char *key,
			    const char *fallback);

/* Into *out, which holds the default on entry. Returns -1 with the fault set
 * ("path:line: want KEY to be a number from LO to HI"). */
int settings_number(const struct settings *s, const char *key, double lo,
		    double hi, double *out, struct fault *f);

#endif
