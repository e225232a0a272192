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

__attribute__((format(printf, 3, 0))) static void
set(struct fault *f, int lasts, const char *fmt, va_list ap)
{
	vsnprintf(f->text, sizeof f->text, fmt, ap);
	make_plain(f->text);
	f->lasts = lasts;
}

int fault_set(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(f, 0, fmt, ap);
	va_end(ap);
	return -1;
}

int fault_set_lasting(struct fault *f, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	set(f, 1, fmt, ap);
	va_end(ap);
	return -1;
}

int fault_errno(struct fault *f, const char *fmt, ...)
{
	int error = errno;
	va_list ap;
	size_t len;

	va_start(ap, fmt);
	set(f, error == ENOSPC || error == EDQUOT, fmt, ap);
	va_end(ap);
	len = strlen(f->text);
	snprintf(f->text + len, sizeof f->text - len, ": %s", strerror(error));
	return -1;
}
