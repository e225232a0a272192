/* collect - takes a job's result from where it was judged, and nothing else
 *
 * Everything that comes back from another machine goes through here.
 */
#include "returned.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SYNOPSIS "collect [-b base.json] job folder|parcel|-"

static int collect(const struct job *j, const char *from, const char *base,
                   struct fault *f)
{
	struct stat st;
	FILE *in = stdin;
	int answer;

	if (strcmp(from, "-") == 0)
		return returned_stream(j, in, "standard input", base, f);
	if (stat(from, &st))
		return fault_errno(f, "%s", from);
	if (S_ISDIR(st.st_mode))
		return returned_folder(j, from, base, f);
	if (!S_ISREG(st.st_mode))
		return fault_set(f, "%s: want a folder or a file", from);
	in = fopen(from, "re");
	if (!in)
		return fault_errno(f, "%s", from);
	answer = returned_stream(j, in, from, base, f);
	fclose(in);
	return answer;
}

int main(int argc, char *argv[])
{
	struct fault f;
	struct job *j;
	const char *base = NULL;
	int answer, c;

	tool_start();
	while ((c = getopt(argc, argv, "b:")) != -1) {
		if (c != 'b')
			tool_usage(SYNOPSIS);
		base = optarg;
	}
	if (argc - optind != 2)
		tool_usage(SYNOPSIS);
	j = job_read(argv[optind], &f);
	if (!j)
		errx(EXIT_TROUBLE, "%s", f.text);
	answer = collect(j, argv[optind + 1], base, &f);
	job_free(j);
	if (answer < 0)
		errx(EXIT_RETRY, "%s", f.text);
	return answer;
}
