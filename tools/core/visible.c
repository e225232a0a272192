/* visible - a stranger's text as one line that hides nothing */
#include "visible.h"
#include "buffer.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

char *visible_line(const char *text, size_t len, size_t max)
{
	struct buffer line = {0};

	for (size_t at = 0, n; at < len; at += n ? n : 1) {
		const char *p = text + at, *one = p;
		char hex[8];

		n = utf8_visible(p, text + len);
		if (n == 0) {
			snprintf(hex, sizeof hex, "\\x%02x", (unsigned char)*p);
			one = *p == '\n' ? "\\n" : *p == '\t' ? "\\t" : hex;
		}
		if (buffer_add(&line, one, n ? n : strlen(one), max)) {
			buffer_add(&line, "...", 3, max + 3);
			break;
		}
	}
	return buffer_take(&line);
}
