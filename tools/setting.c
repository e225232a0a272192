/* setting - prints the value that a kernel's settings give a key, or nothing
 *
 * For scripts: settings.c alone knows how such a file is read.
 */
#include "job.h"
#include "settings.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define USAGE "setting -d cpu|cuda settings key"

int main(int argc, char **argv)
{
	const char *device = NULL, *value;
	struct settings s;
	struct fault f;
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			tool_usage(USAGE);
		device = optarg;
	}
	if (argc - optind != 2 || !device)
		tool_usage(USAGE);
	if (settings_read(argv[optind], device, kernel_settings_known, &s, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	value = settings_string(&s, argv[optind + 1], "");
	if (*value)
		puts(value);
	settings_free(&s);
	return EXIT_YES;
}
