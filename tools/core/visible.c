/* visible - a stranger's text that hides nothing */
#include "visible.h"
#include "buffer.h"
#include "memory.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A character, or what stands for it. */
struct shown {
	const char *text;
	size_t len;
	size_t taken; /* bytes of what it stands for */
	char escape[8];
};

static void show(struct shown *s, const char *at, const char *end)
{
	s->text = at;
	s->len = s->taken = utf8_visible(at, end);
	if (s->len)
		return;
	snprintf(s->escape, sizeof s->escape, "\\x%02x", (unsigned char)*at);
	s->text = s->escape;
	s->len = strlen(s->escape);
	s->taken = 1;
}

char *visible_line(const char *text, size_t len, size_t max)
{
	struct buffer line = {0};
	struct shown s;

	for (size_t at = 0; at < len; at += s.taken) {
		show(&s, text + at, text + len);
		if (text[at] == '\n' || text[at] == '\t') {
			s.text = text[at] == '\n' ? "\\n" : "\\t";
			s.len = 2;
		}
		if (buffer_add(&line, s.text, s.len, max)) {
			buffer_add(&line, "...", 3, max + 3);
			break;
		}
	}
	return buffer_take(&line);
}

char *visible_text(const char *text)
{
	const char *end = text + strlen(text);
	struct shown s;
	char *seen;
	size_t len;
	FILE *out = xmemstream(&seen, &len);

	for (; text < end; text += s.taken) {
		show(&s, text, end);
		if (*text == '\n' || *text == '\t')
			putc(*text, out);
		else if (*text != '\r' || text + 1 == end || text[1] != '\n')
			fwrite(s.text, 1, s.len, out);
	}
	fclose(out);
	return seen;
}
