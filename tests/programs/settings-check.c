/* settings-check - reads a settings file: settings-check FILE DEVICE KEY...
 *
 * Prints each key's value, a key written KEY:LO:HI as a number.
 */
#include "settings.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const known[] = {"atol",        "sets",    "cflags", "quick",
                                    "bench_s.cpu", "hidden.", NULL};

static void print_number(const struct settings *s, char *key)
{
	char *lo = strchr(key, ':'), *hi = strrchr(key, ':');
	double x = -1;
	struct fault f;

	*lo++ = '\0';
	*hi++ = '\0';
	if (settings_number(s, key, atof(lo), atof(hi), &x, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	printf("%g\n", x);
}

int main(int argc, char **argv)
{
	struct settings s;
	struct fault f;

	tool_start();
	if (argc < 3)
		tool_usage("settings-check FILE DEVICE KEY...");
	if (settings_read(argv[1], argv[2], known, &s, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	for (int i = 3; i < argc; i++) {
		if (strchr(argv[i], ':'))
			print_number(&s, argv[i]);
		else
			puts(settings_string(&s, argv[i], "-"));
	}
	settings_free(&s);
	return EXIT_YES;
}
