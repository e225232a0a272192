/* compare - turns raw samples into compare.tsv: is the candidate faster? */
#include "comparison.h"
#include "fault.h"
#include "file.h"
#include "job.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char synopsis[] =
        "compare [-d cpu|cuda] [-o compare.tsv] [-s settings] bench.tsv";

/* Without a file every setting has its default. */
static void read_settings(const char *path, const char *device,
                          struct settings *out)
{
	struct fault f;

	*out = (struct settings){.count = 0};
	if (path && settings_read(path, device, kernel_settings_known, out, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
}

int main(int argc, char **argv)
{
	const char *settings_path = NULL, *out = NULL, *device = "";
	struct settings settings;
	struct samples samples;
	struct comparison c;
	struct fault f;
	char *text;
	int option;

	tool_start();
	while ((option = getopt(argc, argv, "d:o:s:")) != -1)
		switch (option) {
		case 'd':
			device = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		case 's':
			settings_path = optarg;
			break;
		default:
			tool_usage(synopsis);
		}
	if (argc - optind != 1)
		tool_usage(synopsis);
	read_settings(settings_path, device, &settings);
	if (samples_read(argv[optind], &samples, &f) ||
	    comparison_make(argv[optind], &samples, &settings, &c, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	text = comparison_text(&c);
	if (!out)
		fputs(text, stdout);
	else if (file_write(out, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", out);
	free(text);
	comparison_free(&c);
	samples_free(&samples);
	settings_free(&settings);
	return EXIT_YES;
}
