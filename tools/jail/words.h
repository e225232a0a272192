/* words - the arguments of a command, gathered one by one */
#ifndef WORDS_H
#define WORDS_H

#include <stddef.h>

struct words {
	char **item; /* NULL-terminated once there is one */
	size_t count;
};

/* Copies the words, up to a NULL. */
void words_add(struct words *w, ...) __attribute__((sentinel));
void words_free(struct words *w);

#endif
