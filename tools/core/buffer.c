/* buffer - bytes that arrive piece by piece, up to a bound */
#include "buffer.h"
#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

int buffer_add(struct buffer *b, const void *data, size_t len, size_t max)
{
	if (b->len > max || len > max - b->len)
		return -1;
	if (b->len + len >= b->room) {
		b->room = 2 * (b->len + len) + 64;
		b->data = xrealloc(b->data, b->room, 1);
	}
	memcpy(b->data + b->len, data, len);
	b->len += len;
	b->data[b->len] = '\0';
	return 0;
}

int buffer_add_text(struct buffer *b, const char *text, size_t len, size_t max)
{
	for (size_t at = 0, n; at < len; at += n ? n : 1) {
		const char *p = text + at;

		n = *p ? utf8_length(p, text + len) : 0;

		if (buffer_add(b, n ? p : "\xef\xbf\xbd", n ? n : 3, max))
			return -1;
	}
	return 0;
}

void buffer_clear(struct buffer *b)
{
	b->len = 0;
	if (b->data)
		b->data[0] = '\0';
}

void buffer_free(struct buffer *b)
{
	free(b->data);
	*b = (struct buffer){0};
}

char *buffer_take(struct buffer *b)
{
	char *text = b->data ? b->data : xstrdup("");

	*b = (struct buffer){0};
	return text;
}
