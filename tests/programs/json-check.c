/* json-check - reads JSON files and prints them again: the reader's rules */
#include "json.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Every number as the getters see it. */
static void print_numbers(const json *v)
{
	double x;
	int64_t n;

	if (json_number(v, &x) == 0)
		printf("%ld: number %.17g\n", json_line(v), x);
	if (json_integer(v, &n) == 0)
		printf("%ld: integer %lld\n", json_line(v), (long long)n);
	for (const json *c = json_first(v); c; c = json_next(c))
		print_numbers(c);
}

int main(int argc, char **argv)
{
	int indent = 0, numbers = 0, c;

	tool_start();
	while ((c = getopt(argc, argv, "i:n")) != -1) {
		if (c == 'i')
			indent = atoi(optarg);
		else if (c == 'n')
			numbers = 1;
		else
			tool_usage("json-check [-n] [-i INDENT] FILE...");
	}
	for (; optind < argc; optind++) {
		struct fault f;
		json *v = json_read(argv[optind], &f);
		char *text;

		if (!v)
			errx(EXIT_TROUBLE, "%s", f.text);
		text = json_text(v, indent);
		if (numbers)
			print_numbers(v);
		else
			puts(text);
		free(text);
		json_free(v);
	}
	return EXIT_YES;
}
