/* torch-package - a solution as a PyTorch extension, to import in a model */
#include "definition.h"
#include "file.h"
#include "job.h"
#include "memory.h"
#include "recipe.h"
#include "tool.h"
#include "torch_binding.h"
#include "torch_python.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE "torch-package -d device -k kernel -o folder solution"
#define HEADER "ratchet_torch.h"
#define HEADER_MAX ((size_t)1 << 20)

struct package {
	const char *device, *kernel_dir, *out;
	struct definition *d;
	struct settings settings;
	struct sources s;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* Takes text, a stream's once it is closed. */
static void put(const struct package *p, const char *name, char *text)
{
	char *path = xasprintf("%s/%s", p->out, name);

	if (dir_make_above(path) || file_write(path, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", path);
	printf("wrote  %s\n", path);
	free(path);
	free(text);
}

static void write_package(struct package *p)
{
	char *name = xasprintf("%s/__init__.py", p->d->name), *header, *path;

	for (size_t i = 0; i < p->s.count; i++) {
		path = xasprintf("csrc/%s", p->s.file[i].path);
		put(p, path, xstrdup(p->s.file[i].text));
		free(path);
	}
	path = xasprintf("%s/" HEADER, tool_dir());
	header = file_read(path, HEADER_MAX, NULL);
	if (!header)
		err(EXIT_TROUBLE, "%s", path);
	free(path);
	put(p, "csrc/" HEADER, header);
	put(p, "csrc/binding.cpp", torch_binding(p->d, p->s.symbol));
	put(p, name, torch_module(p->d));
	free(name);
	put(p, "tests/reference.py", xstrdup(p->d->reference));
	name = xasprintf("tests/test_%s.py", p->d->name);
	put(p, name, torch_test(p->d, &p->settings));
	free(name);
	put(p, "README.md", torch_readme(p->d));
	put(p, "setup.py", torch_setup(p->d, &p->s, &p->settings));
}

int main(int argc, char *argv[])
{
	static struct package p;
	struct fault f;
	char *path;
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "d:k:o:")) != -1) {
		switch (c) {
		case 'd':
			p.device = optarg;
			break;
		case 'k':
			p.kernel_dir = optarg;
			break;
		case 'o':
			p.out = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (optind + 1 != argc || !p.device || !p.kernel_dir || !p.out)
		tool_usage(USAGE);
	path = xasprintf("%s/definition.json", p.kernel_dir);
	p.d = definition_read(path, &f);
	free(path);
	path = xasprintf("%s/settings", p.kernel_dir);
	if (!p.d || torch_can(p.d, &f) ||
	    settings_read(path, p.device, kernel_settings_known, &p.settings,
	                  &f) ||
	    sources_read(&p.s, argv[optind], p.device, &f) ||
	    recipe_headers(&p.s, &p.settings, p.kernel_dir, &f))
		die(&f);
	free(path);
	if (p.s.language)
		errx(EXIT_TROUBLE, "%s: it is Python: import it as it is",
		     argv[optind]);
	write_package(&p);
	return EXIT_YES;
}
