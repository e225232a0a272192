/* visible - a stranger's text as one line that hides nothing */
#include "visible.h"
#include "memory.h"
#include "utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static unsigned code_point(const char *at, size_t n)
{
	unsigned c = (unsigned char)*at;

	if (n > 1)
		c &= 0x7fu >> n;
	for (size_t i = 1; i < n; i++)
		c = c << 6 | ((unsigned char)at[i] & 0x3f);
	return c;
}

static int is_hidden(unsigned c)
{
	static const unsigned range[][2] = {
	        {0x7f, 0xa0},     {0xad, 0xad},      {0x61c, 0x61c},
	        {0x180e, 0x180e}, {0x200b, 0x200f},  {0x2028, 0x202e},
	        {0x2060, 0x206f}, {0xfe00, 0xfe0f},  {0xfeff, 0xfeff},
	        {0xfff9, 0xfffb}, {0xe0000, 0xe0fff}};

	for (size_t i = 0; i < sizeof range / sizeof *range; i++) {
		if (c >= range[i][0] && c <= range[i][1])
			return 1;
	}
	return c < ' ';
}

static void write_one(char out[16], const char *at, size_t n)
{
	unsigned c = code_point(at, n);

	if (n == 0)
		snprintf(out, 16, "\\x%02x", (unsigned char)*at);
	else if (c == '\n' || c == '\t')
		snprintf(out, 16, "\\%c", c == '\n' ? 'n' : 't');
	else if (is_hidden(c) && c < 0x80)
		snprintf(out, 16, "\\x%02x", c);
	else if (is_hidden(c))
		snprintf(out, 16, "\\u{%x}", c);
	else
		snprintf(out, 16, "%.*s", (int)n, at);
}

char *visible_line(const char *text, size_t len, size_t max)
{
	const char *end = text + len;
	char *line, one[16];
	size_t size;
	FILE *out = xmemstream(&line, &size);

	for (const char *p = text; p < end;) {
		size_t n = utf8_length(p, end);

		write_one(one, p, n);
		if ((size_t)ftell(out) + strlen(one) > max) {
			fputs("...", out);
			break;
		}
		fputs(one, out);
		p += n ? n : 1;
	}
	fclose(out);
	return line;
}
