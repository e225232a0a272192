/* sse - server-sent events, however the bytes of a stream are cut */
#include "sse.h"

#include <string.h>

static int end_event(struct sse *s, sse_take *take, void *to)
{
	int status = 0;

	if (s->data.len > 0) {
		s->data.data[--s->data.len] = '\0'; /* the last line's LF */
		status = take(to, s->data.data, s->data.len);
	}
	buffer_clear(&s->data);
	return status;
}

/* The value of a line's field data, or NULL if it is another line. */
static const char *data_of(const char *line)
{
	if (strncmp(line, "data", 4) != 0 || (line[4] != ':' && line[4]))
		return NULL;
	line += line[4] ? 5 : 4;
	return line + (*line == ' ');
}

static int end_line(struct sse *s, sse_take *take, void *to)
{
	const char *line = s->line.data, *value;
	int is_first = !s->begun, status = 0;

	s->begun = 1;
	if (s->line.len == 0)
		return end_event(s, take, to);
	if (is_first && strncmp(line, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	value = data_of(line);
	if (value &&
	    (buffer_add_text(&s->data, value,
	                     (size_t)(s->line.data + s->line.len - value),
	                     SSE_MAX) ||
	     buffer_add(&s->data, "\n", 1, SSE_MAX)))
		status = -1;
	buffer_clear(&s->line);
	return status;
}

int sse_feed(struct sse *s, const char *bytes, size_t len, sse_take *take,
             void *to)
{
	int status = 0;

	for (const char *p = bytes; p < bytes + len && status == 0; p++) {
		if (*p == '\n' && s->after_cr) {
			s->after_cr = 0;
			continue;
		}
		s->after_cr = *p == '\r';
		if (*p == '\r' || *p == '\n')
			status = end_line(s, take, to);
		else
			status = buffer_add(&s->line, p, 1, SSE_MAX);
	}
	return status;
}

void sse_free(struct sse *s)
{
	buffer_free(&s->line);
	buffer_free(&s->data);
}
