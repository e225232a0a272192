/* diff_view - a unified diff, its lines told apart */
#include "diff_view.h"
#include "claim.h"
#include "diff.h"
#include "file.h"
#include "html.h"
#include "lineage.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

enum kind { PLAIN, HEAD, DEL, INS };
static const char *const open_tag[] = {"", "<b>", "<del>", "<ins>"};
static const char *const close_tag[] = {"", "</b>", "</del>", "</ins>"};

static enum kind kind_of(const char *line, size_t len, int is_header)
{
	if (is_header || (len > 1 && line[0] == '@' && line[1] == '@'))
		return HEAD;
	return line[0] == '-' ? DEL : line[0] == '+' ? INS : PLAIN;
}

/* The two lines before the first "@@" name files. */
static const char *next_line(const char *text, const char *end)
{
	const char *stop = memchr(text, '\n', (size_t)(end - text));

	return stop ? stop + 1 : end;
}

size_t diff_view(FILE *p, const char *text, size_t len, size_t max)
{
	const char *end = text + len, *next;
	enum kind in = PLAIN;
	size_t line = 0, more = 0;

	fputs("<pre class=\"diff\">", p);
	for (; text < end; text = next, line++) {
		enum kind k;

		next = next_line(text, end);
		if (line >= max) {
			more++;
			continue;
		}
		k = kind_of(text, (size_t)(end - text), line < 2);
		if (k != in) {
			fputs(close_tag[in], p);
			fputs(open_tag[k], p);
			in = k;
		}
		html_text(p, text, (size_t)(next - text));
	}
	fprintf(p, "%s</pre>\n", close_tag[in]);
	return more;
}

void diff_count(const char *text, size_t len, size_t *added, size_t *removed)
{
	const char *end = text + len;
	size_t line = 0;

	*added = *removed = 0;
	for (; text < end; text = next_line(text, end), line++) {
		enum kind k = kind_of(text, (size_t)(end - text), line < 2);

		*added += k == INS;
		*removed += k == DEL;
	}
}

/* A name from the ledger that may become a path. */
static int is_name(const char *name)
{
	return is_experiment(name) || strcmp(name, "shipped") == 0;
}

static char *made(const char *experiments, const char *kernel_dir,
                  const char *device, const char *experiment,
                  const char *incumbent)
{
	struct fault ignored;
	const char *dir = kernel_dir ? kernel_dir : experiments;
	char *from = source_of(experiments, dir, device, incumbent, &ignored);
	char *to = source_of(experiments, dir, device, experiment, &ignored);
	struct diff_side a = {incumbent, NULL, 0}, b = {experiment, NULL, 0};
	char *before = from ? file_read(from, SOURCE_MAX, &a.len) : NULL;
	char *after = to ? file_read(to, SOURCE_MAX, &b.len) : NULL;
	char *diff = NULL;

	a.text = before;
	b.text = after;
	if (before && after)
		diff = diff_unified(&a, &b);
	free(before);
	free(after);
	free(from);
	free(to);
	return diff;
}

char *diff_of(const char *experiments, const char *kernel_dir,
              const char *device, const char *experiment, const char *incumbent,
              size_t *len, int *is_kept)
{
	char *path = xasprintf("%s/%s/change.diff", experiments, experiment);
	char *text;

	*len = 0;
	text = file_read(path, SOURCE_MAX, len);
	free(path);
	*is_kept = text != NULL;
	if (!text && is_name(incumbent)) {
		text = made(experiments, kernel_dir, device, experiment,
		            incumbent);
		*len = text ? strlen(text) : 0;
	}
	return text;
}
