/* new-kernel - start a kernel from a definition: stubs with the right types,
 * or, of a data set that stays where it is, links to definition and workloads
 */
#include "definition.h"
#include "file.h"
#include "memory.h"
#include "python_run.h"
#include "shapes.h"
#include "solution.h"
#include "sources.h"
#include "starter.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"new-kernel [-r [-l list]] [-s shapes] [-f solution] -d device "       \
	"-k kernel -w workloads definition"
#define SOLUTION_MAX ((size_t)4 << 20)

/* Takes path and text; what is there already stays. */
static void put_file(char *path, char *text)
{
	if (file_exists(path)) {
		printf("kept   %s\n", path);
	} else {
		if (file_write(path, text, strlen(text)))
			err(EXIT_TROUBLE, "%s", path);
		printf("wrote  %s\n", path);
	}
	free(path);
	free(text);
}

/* A link to a file that stays where it is. */
static void link_to(const char *file, const char *path)
{
	char *target = realpath(file, NULL);

	if (!target)
		err(EXIT_TROUBLE, "%s", file);
	if (symlink(target, path))
		err(EXIT_TROUBLE, "%s", path);
	free(target);
}

static void make_folders(const char *dir, const char *workloads)
{
	if (dir_make(dir))
		err(EXIT_TROUBLE, "%s", dir);
	if (dir_make_above(workloads))
		err(EXIT_TROUBLE, "%s", workloads);
}

/* What a kernel is started with. */
struct start {
	const struct definition *d;
	const char *definition; /* its path */
	const char *dir, *workloads, *device, *suffix;
	const char *shapes, *from; /* paths, or NULL */
	char *given;               /* what solution.EXTENSION is to hold */
	const char *extension;
	int is_python;     /* PyTorch is there, then */
	int had_workloads; /* a list that was there before */
};

/* Its language, if it is of this definition, and the device which that needs.
 */
static void check_document(struct start *n)
{
	struct fault f;
	struct solution *s = solution_read(n->from, &f);

	if (!s)
		errx(EXIT_TROUBLE, "%s", f.text);
	if (strcmp(s->definition, n->d->name) != 0)
		errx(EXIT_TROUBLE, "%s: a solution of %s, not of %s", n->from,
		     s->definition, n->d->name);
	n->is_python = strcmp(s->language, "python") == 0 ||
	               strcmp(s->language, "triton") == 0;
	if (strcmp(s->language, "cuda") == 0 ||
	    strcmp(s->language, "triton") == 0)
		n->device = "cuda";
	solution_free(s);
}

/* The text of a solution that there is already. */
static void read_given(struct start *n)
{
	struct fault f;
	char *text;

	if (!sources_has_extension(n->from, ".c .cu .py .json"))
		errx(EXIT_TROUBLE,
		     "%s: want a solution in C, CUDA C or Python, or a "
		     "Solution .json",
		     n->from);
	text = file_read(n->from, SOLUTION_MAX, NULL);
	if (!text)
		err(EXIT_TROUBLE, "%s", n->from);
	n->given = text;
	n->extension = strrchr(n->from, '.') + 1;
	if (strcmp(n->extension, "json") == 0)
		check_document(n);
	if (strcmp(n->extension, "py") != 0)
		return;
	n->is_python = 1;
	n->extension = "json";
	n->given = python_run_solution(n->from, text, n->d, n->device, &f);
	if (!n->given)
		errx(EXIT_TROUBLE, "%s", f.text);
	free(text);
}

static void put_solution(const struct start *n)
{
	put_file(xasprintf("%s/solution.%s", n->dir,
	                   n->from ? n->extension : n->suffix),
	         n->given ? n->given
	                  : starter_stub(n->d, "the solution to begin with"));
}

static void put_shapes(const struct start *n)
{
	char *rules = xasprintf("%s/settings", n->dir),
	     *text = starter_settings(n->d);
	struct shapes shapes;
	struct fault f;

	if (!n->shapes) {
		make_folders(n->dir, n->workloads);
		put_file(rules, text);
		put_file(xstrdup(n->workloads), starter_workload(n->d));
		return;
	}
	if (shapes_read(n->shapes, n->d, &shapes, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	make_folders(n->dir, n->workloads);
	put_file(rules, xasprintf("%s%s%s", text, *shapes.settings ? "\n" : "",
	                          shapes.settings));
	put_file(xstrdup(n->workloads), xstrdup(shapes.list));
	shapes_free(&shapes);
	free(text);
}

static void print_reference(const struct start *n, int *step)
{
	if (n->is_python) {
		printf("%d. see that PYTHON has PyTorch: the definition's own "
		       "reference is run (or\n   write %s/reference.%s)\n",
		       (*step)++, n->dir, n->suffix);
		return;
	}
	printf("%d. write %s/reference.%s: what is right, clearly, in wide "
	       "types\n",
	       (*step)++, n->dir, n->suffix);
	if (strcmp(n->suffix, "c") == 0)
		printf("   (or remove it: where there is PyTorch, the "
		       "definition's own is run)\n");
}

static void print_next(const struct start *n)
{
	int step = 1;

	printf("\nNext:\n");
	print_reference(n, &step);
	if (!n->from)
		printf("%d. write %s/solution.%s, with knobs (\"// knob: TILE "
		       "4 "
		       "8\" before\n   \"#define TILE 4\")\n",
		       step++, n->dir, n->suffix);
	if (!n->shapes && !n->had_workloads)
		printf("%d. list the shapes in %s\n", step++, n->workloads);
	printf("%d. make verify KERNEL=%s\n", step++, n->d->name);
	printf("%d. make precision KERNEL=%s; make quick KERNEL=%s QUICK_S=20: "
	       "lines for\n   %s/settings\n",
	       step++, n->d->name, n->d->name, n->dir);
	printf("%d. make optimize KERNEL=%s\n", step, n->d->name);
}

static void make_kernel(struct start *n)
{
	char *text = file_read(n->definition, DEFINITION_MAX, NULL);

	n->had_workloads = file_exists(n->workloads);
	if (!text)
		err(EXIT_TROUBLE, "%s", n->definition);
	if (n->from)
		read_given(n);
	n->suffix = strcmp(n->device, "cuda") ? "c" : "cu";
	put_shapes(n);
	if (!n->is_python)
		put_file(xasprintf("%s/reference.%s", n->dir, n->suffix),
		         starter_stub(n->d, "what is right: clear, in wide "
		                            "types"));
	put_solution(n);
	/* Last: with it the kernel is there. */
	put_file(xasprintf("%s/definition.json", n->dir), text);
	print_next(n);
}

/* A kernel that is here already stays. */
static void refer(const struct definition *d, const char *dir,
                  const char *definition, const char *workloads,
                  const char *list)
{
	char *path = xasprintf("%s/definition.json", dir);
	char *rules = xasprintf("%s/settings", dir),
	     *text = starter_settings(d);

	if (file_exists(path)) {
		printf("kept   %s\n", dir);
	} else {
		make_folders(dir, workloads);
		if (!file_exists(rules) &&
		    file_write(rules, text, strlen(text)))
			err(EXIT_TROUBLE, "%s", rules);
		if (list && !file_exists(workloads))
			link_to(list, workloads);
		link_to(definition, path);
		printf("linked %s\n", dir);
	}
	free(text);
	free(rules);
	free(path);
}

int main(int argc, char *argv[])
{
	const char *device = NULL, *list = NULL, *name;
	static struct start n; /* what it holds lives on */
	int is_reference = 0, c;
	struct definition *d;
	struct fault f;

	tool_start();
	while ((c = getopt(argc, argv, "d:f:k:l:rs:w:")) != -1) {
		switch (c) {
		case 'd':
			device = optarg;
			break;
		case 'f':
			n.from = optarg;
			break;
		case 'k':
			n.dir = optarg;
			break;
		case 'l':
			list = optarg;
			break;
		case 'r':
			is_reference = 1;
			break;
		case 's':
			n.shapes = optarg;
			break;
		case 'w':
			n.workloads = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (optind + 1 != argc || !n.dir || !n.workloads || !device ||
	    (list && !is_reference) || ((n.shapes || n.from) && is_reference))
		tool_usage(USAGE);
	n.definition = argv[optind];
	n.d = d = definition_read(n.definition, &f);
	if (!d)
		errx(EXIT_TROUBLE, "%s", f.text);
	name = strrchr(n.dir, '/');
	name = name ? name + 1 : n.dir;
	if (strcmp(name, d->name) != 0)
		errx(EXIT_TROUBLE, "%s: defines %s, not %s", n.definition,
		     d->name, name);
	n.device = device;
	if (is_reference)
		refer(d, n.dir, n.definition, n.workloads, list);
	else
		make_kernel(&n);
	definition_free(d);
	return EXIT_YES;
}
