/* key - API keys: read once, then out of sight
 *
 * keys_hide takes them out of the environment, so that nothing started later
 * inherits one and /proc shows none, and forbids core dumps and debuggers. A
 * key then goes into a request's header, or a coding agent's environment, and
 * nowhere else: key_redact is for what comes back.
 */
#ifndef KEY_H
#define KEY_H

#include "fault.h"

#define KEY_MAX 4096

/* Call before anything is started. Of ANTHROPIC_API_KEY, OPENAI_API_KEY, and
 * what only agents take: ANTHROPIC_AUTH_TOKEN, CLAUDE_CODE_OAUTH_TOKEN. */
void keys_hide(void);

/* A key by its variable's name: *key is NULL where it is not set. -1 with the
 * fault set, which does not quote it, for one that is no header's value. */
int key_find(const char *name, const char **key, struct fault *f);

/* Overwrites, with asterisks, each hidden key that stands in a text. Words of
 * less than 8 characters are no secrets ("none", "EMPTY": what local servers
 * are given) and stay. */
void key_redact(char *text);

#endif
