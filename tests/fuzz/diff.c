/* diff - fuzz entry: a difference makes the second text of the first */
#include "diff.h"
#include "input.h"
#include "memory.h"

#include <string.h>

/* A line of a diff, without its newline where "\ No newline" follows. */
static size_t body_length(const char *line)
{
	size_t len = strcspn(line, "\n") + 1;

	return len - (line[len] == '\\');
}

/* Applies a diff as patch(1) does, but without any leniency. */
static char *apply(const char *a, const char *diff)
{
	char *b;
	size_t len, start, lines = 0;
	FILE *p = xmemstream(&b, &len);

	for (const char *d = diff; *d; d += strcspn(d, "\n") + 1) {
		if (sscanf(d, "@@ -%zu", &start) == 1) {
			for (start -= start > 0; lines < start; lines++) {
				size_t n = strcspn(a, "\n") + 1;

				fwrite(a, 1, n, p);
				a += n;
			}
		} else if (lines == 0 &&
		           strncmp(d, "--- before\n+++", 14) == 0) {
			d = strchr(d, '\n') + 1;
		} else if (*d == '+') {
			fwrite(d + 1, 1, body_length(d) - 1, p);
		} else if (*d == '-' || *d == ' ') {
			size_t n = body_length(d) - 1;

			if (strncmp(a, d + 1, n) != 0)
				abort();
			if (*d == ' ')
				fwrite(a, 1, n, p);
			lines += a[0] != '\0';
			a += n;
		} else if (*d != '\\') {
			abort();
		}
	}
	fputs(a, p);
	fclose(p);
	return b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *a = xcalloc(size + 1, 1), *b, *text, *made;
	struct diff_side before = {"before", a, 0}, after = {"after", NULL, 0};

	memcpy(a, data, size);
	before.len = strlen(a);
	b = a + (before.len < size ? before.len + 1 : size);
	for (char *p = b; p < a + size; p++)
		*p = *p ? *p : '\n';
	after.text = b;
	after.len = strlen(b);
	text = diff_unified(&before, &after);
	made = text[0] ? apply(a, text) : xstrdup(a);
	if (strcmp(made, b) != 0)
		abort();
	free(made);
	free(text);
	free(a);
	return 0;
}
