/* page - the records of experiments as a page for a browser
 *
 * A page is a view: it can be thrown away and made again. It holds all it
 * needs, and whatever others wrote is text in it.
 */
#include "facts.h"
#include "file.h"
#include "history.h"
#include "kernel_page.h"
#include "memory.h"
#include "overview.h"
#include "plot.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"page [-a | -p device] [-k kernel_dir] [-o file] [-w workloads] "      \
	"experiments ..."

struct order {
	const char *kernel_dir, *workloads, *device, *out;
	int is_overview;
};

static void write_text(const char *path, const char *text, size_t len)
{
	if (!path)
		fwrite(text, 1, len, stdout);
	else if (file_write(path, text, len))
		err(EXIT_TROUBLE, "%s", path);
}

static int print(FILE *p, const struct order *o, const struct history *h,
                 size_t count, struct fault *f)
{
	struct facts x;
	int failed = 0;

	if (o->is_overview)
		return overview_page(p, h, count, f);
	if (o->device) {
		plot(p, h, o->device, PLOT_FILE);
		return 0;
	}
	facts_read(o->kernel_dir, o->workloads, &x);
	failed = kernel_page(p, h, &x, f);
	facts_free(&x);
	return failed;
}

static void make(const struct order *o, char *const *dir, size_t count)
{
	struct history *h = xcalloc(count, sizeof *h);
	struct fault f;
	char *text;
	size_t len;
	FILE *p;

	for (size_t i = 0; i < count; i++)
		if (history_read(dir[i], &h[i], &f))
			errx(EXIT_TROUBLE, "%s", f.text);
	p = xmemstream(&text, &len);
	if (print(p, o, h, count, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	fclose(p);
	write_text(o->out, text, len);
	free(text);
	for (size_t i = 0; i < count; i++)
		history_free(&h[i]);
	free(h);
}

int main(int argc, char *argv[])
{
	struct order o = {0};
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "ak:o:p:w:")) != -1) {
		if (c == 'a')
			o.is_overview = 1;
		else if (c == 'k')
			o.kernel_dir = optarg;
		else if (c == 'o')
			o.out = optarg;
		else if (c == 'p')
			o.device = optarg;
		else if (c == 'w')
			o.workloads = optarg;
		else
			tool_usage(USAGE);
	}
	if (optind == argc || (optind + 1 < argc && !o.is_overview) ||
	    (o.is_overview && o.device))
		tool_usage(USAGE);
	if (o.device && strcmp(o.device, "cpu") && strcmp(o.device, "cuda"))
		errx(EXIT_TROUBLE, "-p: want cpu or cuda, got '%s'", o.device);
	make(&o, argv + optind, (size_t)(argc - optind));
	return EXIT_YES;
}
