/* quote - a stranger's text in a prompt: data that cannot pass for more */
#include "quote.h"
#include "memory.h"
#include "visible.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One backtick more than any run of them, and three at least. */
static int fence_length(const char *text)
{
	int run = 0, longest = 2;

	for (; *text; text++) {
		run = *text == '`' ? run + 1 : 0;
		if (run > longest)
			longest = run;
	}
	return longest + 1;
}

static void put_fence(FILE *out, int length, const char *label)
{
	while (length-- > 0)
		putc('`', out);
	fprintf(out, "%s\n", label);
}

static void put_lines(FILE *out, const char *text, size_t len,
                      const char *prefix)
{
	const char *end = text + len;

	while (text < end) {
		const char *stop = memchr(text, '\n', (size_t)(end - text));

		if (!stop)
			stop = end;
		fputs(prefix, out);
		fwrite(text, 1, (size_t)(stop - text), out);
		putc('\n', out);
		text = stop < end ? stop + 1 : end;
	}
}

/* Where a text can be cut at or before at: after a line, if one ends in the
 * last quarter, and never within a character. */
static size_t cut_before(const char *text, size_t at)
{
	for (size_t i = at; i > at - at / 4; i--) {
		if (text[i - 1] == '\n')
			return i;
	}
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static size_t cut_after(const char *text, size_t at, size_t len)
{
	for (size_t i = at; i < at + (len - at) / 4; i++) {
		if (text[i - 1] == '\n')
			return i;
	}
	while (at < len && ((unsigned char)text[at] & 0xc0) == 0x80)
		at++;
	return at;
}

static void put_bounded(FILE *out, const char *text, size_t max,
                        const char *prefix)
{
	size_t len = strlen(text), head, tail;

	if (len <= max) {
		put_lines(out, text, len, prefix);
		return;
	}
	head = cut_before(text, max - max / 3);
	tail = cut_after(text, len - max / 3, len);
	put_lines(out, text, head, prefix);
	fprintf(out, "[%zu bytes left out]\n", tail - head);
	put_lines(out, text + tail, len - tail, prefix);
}

char *quote_cut(const char *text, size_t max)
{
	char *cut;
	size_t len;
	FILE *out = xmemstream(&cut, &len);

	put_bounded(out, text, max, "");
	fclose(out);
	return cut;
}

static char *block(const char *label, const char *text, size_t max,
                   const char *prefix)
{
	char *seen = visible_text(text), *all;
	size_t len;
	FILE *out = xmemstream(&all, &len);
	int length = fence_length(seen);

	put_fence(out, length, label);
	put_bounded(out, seen, max, prefix);
	put_fence(out, length, "");
	fclose(out);
	free(seen);
	return all;
}

char *quote(const char *label, const char *text, size_t max)
{
	return block(label, text, max, "| ");
}

char *quote_source(const char *label, const char *text)
{
	return block(label, text, SIZE_MAX, "");
}
