/* decide - the verdict on an experiment, from its files alone */
#include "file.h"
#include "judgement.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char synopsis[] = "decide [-o verdict.json] -k kerneldir expdir";

/* Whether the text of a verdict says accept. */
static int is_accept(const char *text, const char *path)
{
	struct fault f;
	json *d = json_parse(text, strlen(text), path, 1, &f);
	const char *outcome = json_string(json_get(d, "outcome"));
	int result;

	if (!outcome)
		errx(EXIT_TROUBLE, "%s: no verdict", path);
	result = !strcmp(outcome, OUTCOME_ACCEPT);
	json_free(d);
	return result;
}

int main(int argc, char **argv)
{
	const char *kernel_dir = NULL, *out = NULL;
	struct fault f;
	char *text;
	int option, accepted;

	tool_start();
	while ((option = getopt(argc, argv, "k:o:")) != -1)
		switch (option) {
		case 'k':
			kernel_dir = optarg;
			break;
		case 'o':
			out = optarg;
			break;
		default:
			tool_usage(synopsis);
		}
	if (!kernel_dir || argc - optind != 1)
		tool_usage(synopsis);
	text = judgement_make(kernel_dir, argv[optind], &f);
	if (!text)
		errx(EXIT_TROUBLE, "%s", f.text);
	accepted = is_accept(text, argv[optind]);
	if (!out)
		fputs(text, stdout);
	else if (file_write(out, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", out);
	free(text);
	return accepted ? EXIT_YES : EXIT_NO;
}
