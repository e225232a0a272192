/* unpack-project - puts a candidate's files where a copy of its project has
 * them
 *
 * What build-project refuses is refused here too: only what the setting edit
 * names is written, where the folder has such a file, and all of it or nothing.
 */
#include "file.h"
#include "job.h"
#include "memory.h"
#include "project.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE "unpack-project -d cpu|cuda kernel_dir source folder"
#define SOURCE_MAX ((size_t)4 << 20)

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* The files of a source that may be written, or the end. */
static void read_source(const char *kernel_dir, const char *device,
                        const char *source, struct txtar *files)
{
	char *path = xasprintf("%s/settings", kernel_dir);
	static struct settings s;
	static struct project p;
	struct fault f;

	if (settings_read(path, device, kernel_settings_known, &s, &f) ||
	    project_read(&p, kernel_dir, &s, &f) ||
	    txtar_read(source, SOURCE_MAX, files, &f) ||
	    project_check(&p, files, source, &f))
		die(&f);
	free(path);
}

static void require_file(const char *folder, const char *name)
{
	int fd = file_open_beneath(folder, name);

	if (fd < 0)
		err(EXIT_TROUBLE,
		    "%s/%s: want a file that is there, through no link", folder,
		    name);
	close(fd);
}

int main(int argc, char **argv)
{
	const char *device = NULL, *folder;
	struct txtar files;
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "d:")) != -1) {
		if (c != 'd')
			tool_usage(USAGE);
		device = optarg;
	}
	if (argc - optind != 3 || !device)
		tool_usage(USAGE);
	folder = argv[optind + 2];
	read_source(argv[optind], device, argv[optind + 1], &files);
	for (size_t i = 0; i < files.count; i++)
		require_file(folder, files.file[i].name);
	for (size_t i = 0; i < files.count; i++) {
		const struct txtar_file *x = &files.file[i];

		if (file_replace_beneath(folder, x->name, x->text,
		                         strlen(x->text)))
			err(EXIT_TROUBLE, "%s/%s", folder, x->name);
		printf("wrote  %s/%s\n", folder, x->name);
	}
	txtar_free(&files);
	return EXIT_YES;
}
