/* buffer - bytes that arrive piece by piece, up to a bound */
#ifndef BUFFER_H
#define BUFFER_H

#include <stddef.h>

struct buffer {
	char *data; /* NUL after len bytes; NULL while it is empty */
	size_t len, room;
};

/* Returns -1, and adds nothing, where that would make more than max bytes. */
int buffer_add(struct buffer *b, const void *data, size_t len, size_t max);
/* The same for a text: NUL, and what is no UTF-8, becomes U+FFFD. */
int buffer_add_text(struct buffer *b, const char *text, size_t len, size_t max);

void buffer_clear(struct buffer *b); /* keeps the room */
void buffer_free(struct buffer *b);

/* The text, "" if it is empty; it is the caller's now. */
char *buffer_take(struct buffer *b);

#endif
