/* fault - one line that says what is wrong, and where */
#include "fault.h"
#include "utf8.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What a message quotes may be a stranger's bytes: keep it one plain line. */
static void make_plain(char *text)
{
	const char *end = text + strlen(text);

	while (text < end) {
		size_t n = utf8_visible(text, end);

		if (!n)
			*text = '?';
		text += n ? n : 1;
	}
}

int fault_set(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	make_plain(f->text);
	return -1;
}

int fault_errno(struct fault *f, const char *fmt, ...)
{
	int error = errno;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	va_end(ap);
	make_plain(f->text);
	len = strlen(f->text);
	snprintf(f->text + len, sizeof f->text - len, ": %s", strerror(error));
	return -1;
}
