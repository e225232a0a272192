/* quote - fuzz entry: any bytes as a text that a prompt quotes */
#include "quote.h"
#include "input.h"
#include "memory.h"
#include "utf8.h"

#include <string.h>

static void want(int holds)
{
	if (!holds)
		abort();
}

/* Between the first line and the last, which are fences, none is one; all say
 * that they are data, if they are to. */
static void check_block(const char *block, int is_marked)
{
	const char *line = strchr(block, '\n') + 1;
	size_t fence = strspn(block, "`");
	const char *last = block + strlen(block) - 1 - fence;

	want(fence >= 3 && last[-1] == '\n');
	want(strspn(last, "`") == fence && !strcmp(last + fence, "\n"));
	while (line < last) {
		want(strspn(line, "`") < fence);
		want(!is_marked || !strncmp(line, "| ", 2) || *line == '[');
		line = strchr(line, '\n') + 1;
	}
	for (const char *p = block; *p;) {
		size_t n = *p == '\n' || *p == '\t'
		                   ? 1
		                   : utf8_visible(p, block + strlen(block));

		want(n > 0);
		p += n;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t max = size ? data[0] * 4u : 0;
	char *text = xcalloc(size + 1, 1), *block, *cut;

	if (size)
		memcpy(text, data, size);
	block = quote("label", text, max);
	check_block(block, 1);
	want(strlen(block) <= 3 * max + 2 * strspn(block, "`") + 64);
	free(block);
	block = quote_source("label", text);
	check_block(block, 0);
	free(block);
	cut = quote_cut(text, max);
	want(strlen(cut) <= max + 64);
	free(cut);
	free(text);
	return 0;
}
