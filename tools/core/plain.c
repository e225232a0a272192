/* plain - a stranger's text as one short line of printable ASCII */
#include "plain.h"
#include "memory.h"

#include <string.h>

char *plain(const char *text, size_t len, size_t max)
{
	size_t keep = len > max ? max - 3 : len;
	char *line = xcalloc(max + 1, 1);

	for (size_t i = 0; i < keep; i++)
		line[i] = text[i] < ' ' || text[i] > '~' || text[i] == '`' ||
		                          text[i] == '|'
		                  ? '?'
		                  : text[i];
	if (keep < len)
		memcpy(line + keep, "...", 3);
	return line;
}

void plain_bound(char *page, size_t max)
{
	static const char note[] = "(the page was cut here)\n";
	size_t keep = max - sizeof note;

	if (strlen(page) <= max)
		return;
	while (keep && page[keep - 1] != '\n')
		keep--;
	strcpy(page + keep, note);
}
