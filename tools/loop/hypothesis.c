/* hypothesis - what an experiment was meant to show, in its proposer's words */
#include "hypothesis.h"
#include "file.h"
#include "memory.h"
#include "utf8.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_MAX ((size_t)1 << 20)

/* Writes what stands for the character at at, n bytes of it or none. Returns
 * how many were written. */
static size_t put(char *out, const char *at, size_t n)
{
	if (n == 0) {
		*out = '?';
	} else if (*at == '`') {
		*out = '\'';
	} else {
		memcpy(out, at, n);
		return n;
	}
	return 1;
}

char *hypothesis_line(const char *text, size_t len)
{
	static const char cut[] = "...";
	const char *end = text + len;
	char *line = xcalloc(HYPOTHESIS_MAX + 1, 1);
	size_t used = 0, most = HYPOTHESIS_MAX - (sizeof cut - 1);

	for (const char *p = text; p < end;) {
		size_t n = utf8_length(p, end);
		size_t is_space = *p == ' ' || (n && !utf8_visible(p, end));

		if (used + (n ? n : 1) > most) {
			memcpy(line + used, cut, sizeof cut);
			break;
		}
		if (!is_space)
			used += put(line + used, p, n);
		else if (used > 0 && line[used - 1] != ' ')
			line[used++] = ' ';
		p += n ? n : 1;
	}
	if (used > 0 && line[used - 1] == ' ' && !line[used])
		line[used - 1] = '\0';
	return line;
}

char *hypothesis_field(const char *experiments, const char *experiment,
                       const char *field)
{
	size_t n = strlen(field);
	char *path = xasprintf("%s/%s/proposal.md", experiments, experiment);
	char *page = file_read(path, PAGE_MAX, NULL), *line = NULL;

	for (const char *p = page; p && *p && !line;) {
		size_t len = strcspn(p, "\n");

		if (strncmp(p, field, n) == 0)
			line = hypothesis_line(p + n, len - n);
		p += len + (p[len] == '\n');
	}
	free(page);
	free(path);
	if (line && !line[0]) {
		free(line);
		line = NULL;
	}
	return line;
}

char *hypothesis_of(const char *experiments, const char *experiment)
{
	return hypothesis_field(experiments, experiment, "HYPOTHESIS: ");
}
