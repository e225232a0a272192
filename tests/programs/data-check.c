/* data-check - loads documents and prints them again, or says what is wrong
 *
 * data-check definition FILE...
 * data-check workload DEFINITION FILE...
 */
#include "definition.h"
#include "tool.h"
#include "workload.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_document(const json *v, int indent)
{
	char *text = json_text(v, indent);

	puts(text);
	free(text);
}

static int check_definition(const char *path, struct fault *f)
{
	struct definition *d = definition_read(path, f);

	if (!d)
		return -1;
	print_document(d->document, 2);
	definition_free(d);
	return 0;
}

static int check_workloads(const char *definition, const char *path,
                           struct fault *f)
{
	struct definition *d = definition_read(definition, f);
	struct workload_list list;
	int failed = -1;

	if (d)
		failed = workload_list_read(path, d, &list, f);
	if (!failed) {
		for (size_t i = 0; i < list.count; i++)
			print_document(list.item[i].document, 0);
		workload_list_free(&list);
	}
	definition_free(d);
	return failed;
}

int main(int argc, char **argv)
{
	struct fault f;
	int first = 2, failed = 0;

	tool_start();
	if (argc < 3)
		tool_usage("data-check KIND FILE...");
	if (strcmp(argv[1], "workload") == 0)
		first = 3;
	for (int i = first; i < argc && !failed; i++) {
		if (strcmp(argv[1], "definition") == 0)
			failed = check_definition(argv[i], &f);
		else if (strcmp(argv[1], "workload") == 0)
			failed = check_workloads(argv[2], argv[i], &f);
		else
			errx(EXIT_TROUBLE, "unknown kind %s", argv[1]);
	}
	if (failed)
		errx(EXIT_TROUBLE, "%s", f.text);
	return EXIT_YES;
}
