/* open_view - experiments that are begun and not finished */
#include "open_view.h"
#include "file.h"
#include "html.h"
#include "memory.h"

#include <stdlib.h>

/* The last of its files says how far it came. */
static const char *stage(const char *dir, const char *name)
{
	static const char *const step[][2] = {
	        {"verdict.json", "decided, not published"},
	        {"bench.tsv", "timed"},
	        {"verify.jsonl", "verified"},
	        {"build.json", "built"},
	        {"base.json", "proposed"},
	        {"intent.json", "a model is being asked"}};
	const char *found = "claimed";

	for (size_t i = sizeof step / sizeof *step; i-- > 0;) {
		char *path = xasprintf("%s/%s/%s", dir, name, step[i][0]);

		if (file_exists(path))
			found = step[i][1];
		free(path);
	}
	return found;
}

void open_view(FILE *p, const struct history *h)
{
	if (!h->open.count)
		return;
	fputs("<p>Not finished (<code>make optimize</code> goes on):</p>\n<ul>"
	      "\n",
	      p);
	for (size_t i = 0; i < h->open.count; i++) {
		fputs("<li>", p);
		html(p, h->open.item[i]);
		fprintf(p, ": %s</li>\n", stage(h->dir, h->open.item[i]));
	}
	fputs("</ul>\n", p);
}
