/* build_view - what an experiment's compiler was told, and what it said */
#include "build_view.h"
#include "build.h"
#include "file.h"
#include "html.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>

#define LOG_MAX ((size_t)4 << 20)

static void print_build(FILE *p, const struct build *b)
{
	const json *d = b->document;
	double seconds = NAN;

	json_number(json_get(d, "seconds"), &seconds);
	fputs("<p>", p);
	fputs(b->ok ? "ok" : "failed", p);
	fputs(", ", p);
	html_number(p, seconds, 1);
	fputs(" s, ", p);
	html(p, b->compiler);
	fputs("<br><code class=\"command\">", p);
	for (const json *v = json_first(json_get(d, "command")); v;
	     v = json_next(v)) {
		html(p, json_string(v) ? json_string(v) : "?");
		putc(' ', p);
	}
	fputs("</code></p>\n", p);
}

void build_view(FILE *p, const char *experiments, const char *experiment,
                size_t lines)
{
	char *path = xasprintf("%s/%s/build.json", experiments, experiment);
	char *log = xasprintf("%s/%s/build.log", experiments, experiment);
	struct build b;
	struct fault f;
	size_t len = 0;
	char *text = file_read(log, LOG_MAX, &len);

	fputs("<h4>Build</h4>\n", p);
	if (!file_exists(path)) {
		fputs("<p>No build is on file.</p>\n", p);
	} else if (build_read(path, &b, &f)) {
		fputs("<p class=\"trouble\">", p);
		html(p, f.text);
		fputs("</p>\n", p);
	} else {
		print_build(p, &b);
		build_free(&b);
	}
	if (len) {
		fputs("<pre>", p);
		len = html_lines(p, text, len, lines);
		fputs("</pre>\n", p);
		html_more(p, len, "lines", experiment, "build.log");
	}
	free(text);
	free(log);
	free(path);
}
