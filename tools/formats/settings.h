/* settings - a kernel's "key = value" lines, and a job's
 *
 * '#' begins a comment. A key is [A-Za-z0-9_.-]+ and appears once. Where a key
 * exists also as "key.cpu" or "key.cuda", that one wins for the device. Unknown
 * keys are a fault, so that a misspelt rule is never silently the default.
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
	} * item;
	size_t count;
};

/* known: NULL-terminated list of allowed keys, each also with ".cpu" or ".cuda"
 * after it; "hidden." (a trailing dot) allows any key with that prefix. Returns
 * -1 with the fault set and nothing to free. */
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
