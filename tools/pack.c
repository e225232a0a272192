/* pack - a solution, or what is known of its speed, for a FlashInfer-Trace set
 *
 * The set is made where there is none: with the kernel's definition, workloads
 * and stored tensors, so that it runs there. What is in it already stays, but
 * for an older solution or list of traces of the same name.
 */
#include "data_set.h"
#include "file.h"
#include "job.h"
#include "ledger.h"
#include "lineage.h"
#include "memory.h"
#include "packed.h"
#include "recipe.h"
#include "safetensors.h"
#include "solution.h"
#include "tool.h"
#include "trace_set.h"
#include "workload.h"

#include <ctype.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"pack [-t] [-a author] -d device -e experiments -k kernel "            \
	"-w workloads -o data-set [experiment]"
#define FILE_MAX ((size_t)1 << 40)

struct pack {
	const char *device, *experiments, *kernel_dir, *list, *out, *author;
	const char *experiment; /* "shipped" or whose solution it is */
	char *source, *d_path;  /* its path, and the definition's */
	struct definition *d;
	char *kind; /* the definition's op_type as a folder's name */
	char *name; /* of the solution, as its traces have it */
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static void make_above(const char *path)
{
	if (dir_make_above(path))
		err(EXIT_TROUBLE, "%s", path);
}

/* Takes path. */
static void put(char *path, const char *text)
{
	make_above(path);
	if (file_write(path, text, strlen(text)))
		err(EXIT_TROUBLE, "%s", path);
	printf("wrote  %s\n", path);
	free(path);
}

/* Takes path. */
static void copy(const char *from, char *path)
{
	make_above(path);
	if (file_copy(from, path, FILE_MAX))
		err(EXIT_TROUBLE, "%s", from);
	printf("wrote  %s\n", path);
	free(path);
}

/* Does the set have a document of the kernel, at whatever depth? */
static int has(const struct pack *p, const char *folder, const char *suffix)
{
	struct data_set_files files;
	struct fault f;
	char *tail = xasprintf("/%s%s", p->d->name, suffix);
	int found;

	if (data_set_find(p->out, folder, tail, &files, &f))
		die(&f);
	found = files.count > 0;
	data_set_free(&files);
	free(tail);
	return found;
}

static void copy_tensor(const struct pack *p, const char *path)
{
	char *to = xasprintf("%s/%s", p->out, path), *root;
	struct fault f;

	if (file_exists(to)) {
		free(to);
		return;
	}
	root = trace_set_root(p->list, path);
	if (!root)
		err(EXIT_TROUBLE, "%s: %s in the folders above it", p->list,
		    path);
	if (safetensors_are_beneath(root, path, &f))
		die(&f);
	make_above(to);
	if (file_copy_beneath(root, path, to, FILE_MAX))
		err(EXIT_TROUBLE, "%s/%s", root, path);
	printf("wrote  %s\n", to);
	free(root);
	free(to);
}

static void put_workloads(const struct pack *p)
{
	struct workload_list list;
	struct fault f;

	if (workload_list_read(p->list, p->d, &list, &f))
		die(&f);
	for (size_t w = 0; w < list.count; w++)
		for (size_t i = 0; i < p->d->ninputs; i++)
			if (list.item[w].input[i].kind == INPUT_SAFETENSORS)
				copy_tensor(p, list.item[w].input[i].path);
	copy(p->list, xasprintf("%s/workloads/%s/%s.jsonl", p->out, p->kind,
	                        p->d->name));
	workload_list_free(&list);
}

/* A Solution document as it is, under our name for it. */
static json *renamed(const struct pack *p)
{
	struct fault f;
	struct solution *s = solution_read(p->source, &f);
	json *o = json_object();

	if (!s)
		die(&f);
	for (const json *v = json_first(s->document); v; v = json_next(v)) {
		if (strcmp(json_key(v), "name") == 0)
			json_add_string(o, "name", p->name);
		else
			json_add(o, json_key(v), json_copy(v));
	}
	solution_free(s);
	return o;
}

static json *packed(const struct pack *p)
{
	char *path = xasprintf("%s/settings", p->kernel_dir);
	static struct settings settings;
	static struct sources s; /* live as long as the program */
	struct fault f;

	if (settings_read(path, p->device, kernel_settings_known, &settings,
	                  &f) ||
	    sources_read(&s, p->source, p->device, &f) ||
	    recipe_headers(&s, &settings, p->kernel_dir, &f))
		die(&f);
	free(path);
	return packed_solution(&s, p->device, p->name, p->d->name, p->author);
}

static void put_solution(const struct pack *p)
{
	json *o = sources_has_extension(p->source, ".json") ? renamed(p)
	                                                    : packed(p);
	char *text = json_text(o, 2), *lines = xasprintf("%s\n", text);

	if (!has(p, "definitions", ".json"))
		copy(p->d_path, xasprintf("%s/definitions/%s/%s.json", p->out,
		                          p->kind, p->d->name));
	if (!has(p, "workloads", ".jsonl"))
		put_workloads(p);
	put(xasprintf("%s/solutions/%s/%s/%s/%s.json", p->out, p->author,
	              p->kind, p->d->name, p->name),
	    lines);
	free(lines);
	free(text);
	json_free(o);
}

static void put_traces(const struct pack *p)
{
	char *path =
	        xasprintf("%s/%s/trace.jsonl", p->experiments, p->experiment);

	if (!file_exists(path))
		errx(EXIT_TROUBLE,
		     "%s: no traces of what no experiment has judged; EXP= "
		     "names one",
		     path);
	copy(path, xasprintf("%s/traces/%s/%s/%s.jsonl", p->out, p->author,
	                     p->kind, p->d->name));
	free(path);
}

/* Whose solution it is, and where that lies: the incumbent's if none is named.
 */
static void find_source(struct pack *p)
{
	char *path = xasprintf("%s/ledger.jsonl", p->experiments), *folder;
	struct incumbent i;
	struct ledger l;
	struct fault f;

	if (p->experiment) {
		folder = xasprintf("%s/%s", p->experiments, p->experiment);
		p->source = source_find(folder, "solution", p->device);
		if (!p->source)
			errx(EXIT_TROUBLE, "%s: no solution for %s", folder,
			     p->device);
		free(folder);
	} else {
		if (ledger_read(path, &l, &f) ||
		    incumbent_read(p->kernel_dir, p->device, &l, &i, &f) ||
		    incumbent_check(&i, &f))
			die(&f);
		p->experiment = xstrdup(i.experiment);
		p->source = xstrdup(i.path);
		incumbent_free(&i);
		ledger_free(&l);
	}
	free(path);
}

static char *folder_name(const char *op_type)
{
	char *name = xstrdup(op_type);

	for (char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("_-", *c))
			*c = '_';
	return name;
}

int main(int argc, char *argv[])
{
	static struct pack p = {.author = "ratchet"};
	int c, is_traces = 0;
	struct fault f;

	tool_start();
	while ((c = getopt(argc, argv, "a:d:e:k:o:tw:")) != -1) {
		switch (c) {
		case 'a':
			p.author = optarg;
			break;
		case 'd':
			p.device = optarg;
			break;
		case 'e':
			p.experiments = optarg;
			break;
		case 'k':
			p.kernel_dir = optarg;
			break;
		case 'o':
			p.out = optarg;
			break;
		case 't':
			is_traces = 1;
			break;
		case 'w':
			p.list = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (argc - optind > 1 || !p.device || !p.experiments || !p.kernel_dir ||
	    !p.out || !p.list)
		tool_usage(USAGE);
	if (!path_is_beneath(p.author) || strchr(p.author, '/'))
		errx(EXIT_TROUBLE, "%s: want an author's name, without a slash",
		     p.author);
	p.experiment = argv[optind];
	if (p.experiment &&
	    (!path_is_beneath(p.experiment) || strchr(p.experiment, '/')))
		errx(EXIT_TROUBLE, "%s: want an experiment's name",
		     p.experiment);
	p.d_path = xasprintf("%s/definition.json", p.kernel_dir);
	p.d = definition_read(p.d_path, &f);
	if (!p.d)
		die(&f);
	find_source(&p);
	p.kind = folder_name(p.d->op_type);
	p.name = xasprintf("%s_%s_%s", p.d->name, p.device, p.experiment);
	if (is_traces)
		put_traces(&p);
	else
		put_solution(&p);
	return EXIT_YES;
}
