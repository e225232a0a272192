/* journal - files of JSON lines that only grow */
#include "journal.h"
#include "file.h"
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define JOURNAL_MAX ((size_t)1 << 28)

static int read_lines(const char *text, const char *path, struct journal *out,
                      struct fault *f)
{
	size_t room = 0;
	long number = 1;

	for (const char *p = text, *end; (end = strchr(p, '\n')); p = end + 1) {
		if (out->count == room) {
			room = room ? room * 2 : 64;
			out->line =
			        xrealloc(out->line, room, sizeof *out->line);
		}
		out->line[out->count] =
		        json_parse(p, (size_t)(end - p), path, number++, f);
		if (!out->line[out->count])
			return -1;
		out->count++;
	}
	return 0;
}

int journal_read(const char *path, struct journal *out, struct fault *f)
{
	char *text = file_read(path, JOURNAL_MAX, NULL);
	int failed;

	*out = (struct journal){0};
	if (!text)
		return errno == ENOENT ? 0 : fault_errno(f, "%s", path);
	failed = read_lines(text, path, out, f);
	free(text);
	if (failed)
		journal_free(out);
	return failed;
}

void journal_free(struct journal *j)
{
	for (size_t i = 0; i < j->count; i++)
		json_free(j->line[i]);
	free(j->line);
	*j = (struct journal){0};
}

/* Cuts off a last line that never got its newline. */
static int mend(const char *path, struct fault *f)
{
	size_t len, keep;
	char *text = file_read(path, JOURNAL_MAX, &len);

	if (!text)
		return errno == ENOENT ? 0 : fault_errno(f, "%s", path);
	for (keep = len; keep > 0 && text[keep - 1] != '\n';)
		keep--;
	free(text);
	if (keep < len && truncate(path, (off_t)keep))
		return fault_errno(f, "%s", path);
	return 0;
}

int journal_append(const char *path, const json *line, struct fault *f)
{
	char *text;
	int failed;

	if (mend(path, f))
		return -1;
	text = json_text(line, 0);
	failed = file_append(path, text);
	free(text);
	return failed ? fault_errno(f, "%s", path) : 0;
}
