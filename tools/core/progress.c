/* progress - one line on standard error that says how far a program is */
#include "progress.h"
#include "clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define TERMINAL_S 0.1
#define LOG_S 5.0

static int is_shown; /* a line is on the terminal */

void progress(const char *fmt, ...)
{
	static double last;
	static int is_terminal = -1;
	double t = clock_seconds();
	va_list ap;

	if (is_terminal < 0) {
		is_terminal = isatty(STDERR_FILENO);
		last = is_terminal ? 0 : t;
	}
	if (t - last < (is_terminal ? TERMINAL_S : LOG_S))
		return;
	last = t;
	if (is_terminal)
		fputs("\r\033[K", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	if (is_terminal)
		fflush(stderr);
	else
		fputc('\n', stderr);
	is_shown = is_terminal;
}

void progress_clear(void)
{
	if (is_shown)
		fputs("\r\033[K", stderr);
	is_shown = 0;
}
