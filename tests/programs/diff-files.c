/* diff-files - prints the difference of two files as diff_unified sees it */
#include "diff.h"
#include "file.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>

#define MOST ((size_t)64 << 20)

static struct diff_side read_side(const char *path)
{
	struct diff_side s = {.label = path};

	s.text = file_read(path, MOST, &s.len);
	if (!s.text)
		err(2, "%s", path);
	return s;
}

int main(int argc, char *argv[])
{
	struct diff_side before, after;
	char *text;

	if (argc != 3)
		errx(2, "want two files");
	before = read_side(argv[1]);
	after = read_side(argv[2]);
	text = diff_unified(&before, &after);
	fputs(text, stdout);
	free(text);
	free((char *)before.text);
	free((char *)after.text);
	return 0;
}
