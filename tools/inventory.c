/* inventory - what a FlashInfer-Trace data set has, a row for each definition
 *
 * Reads and checks all of it: what is broken is said on standard error, and has
 * no row.
 */
#include "data_set.h"
#include "memory.h"
#include "tool.h"
#include "workload.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE "inventory data-set [definition ...]"

struct entry {
	struct definition *d;
	const char *path,
	        *list; /* of the definition, of its workloads or "-" */
	size_t workloads;
	size_t tensors[TENSOR_POINTER + 1]; /* that workloads name, by state */
};

struct inventory {
	const char *root;
	char **wanted; /* definitions; none: all */
	int nwanted;
	struct entry *entry;
	size_t count;
	int broken;
};

static void complain(struct inventory *v, const char *text)
{
	warnx("%s", text);
	v->broken = 1;
}

static int is_wanted(const struct inventory *v, const char *name)
{
	for (int i = 0; i < v->nwanted; i++)
		if (strcmp(v->wanted[i], name) == 0)
			return 1;
	return v->nwanted == 0;
}

static struct entry *find(struct inventory *v, const char *name)
{
	for (size_t i = 0; i < v->count; i++)
		if (strcmp(v->entry[i].d->name, name) == 0)
			return &v->entry[i];
	return NULL;
}

static void add_definition(struct inventory *v, const char *path)
{
	struct fault f;
	struct definition *d = definition_read(path, &f);
	const struct entry *other;

	if (!d) {
		complain(v, f.text);
		return;
	}
	other = find(v, d->name);
	if (other || !is_wanted(v, d->name)) {
		if (other) {
			fault_set(&f, "%s: defines %s, as does %s", path,
			          d->name, other->path);
			complain(v, f.text);
		}
		definition_free(d);
		return;
	}
	v->entry = xrealloc(v->entry, v->count + 1, sizeof *v->entry);
	v->entry[v->count++] =
	        (struct entry){.d = d, .path = path, .list = "-"};
}

static void count_tensors(const struct inventory *v, struct entry *e,
                          const struct workload *w)
{
	for (size_t i = 0; i < e->d->ninputs; i++) {
		const struct input_spec *in = &w->input[i];

		if (in->kind == INPUT_SAFETENSORS)
			e->tensors[data_set_tensor(v->root, in->path)]++;
	}
}

/* A list is that of the definition which its first line names. */
static void add_list(struct inventory *v, const char *path)
{
	struct workload_list list;
	struct entry *e;
	struct fault f;
	char *name = workload_list_definition(path, &f);

	if (!name) {
		complain(v, f.text);
		return;
	}
	e = find(v, name);
	if (!e && is_wanted(v, name)) {
		fault_set(&f, "%s: no definition %.100s in %s", path, name,
		          v->root);
		complain(v, f.text);
	} else if (e && strcmp(e->list, "-") != 0) {
		fault_set(&f, "%s: has workloads of %s, as does %s", path,
		          e->d->name, e->list);
		complain(v, f.text);
	} else if (e && workload_list_read(path, e->d, &list, &f)) {
		complain(v, f.text);
	} else if (e) {
		e->list = path;
		e->workloads = list.count;
		for (size_t i = 0; i < list.count; i++)
			count_tensors(v, e, &list.item[i]);
		workload_list_free(&list);
	}
	free(name);
}

static void print_entry(const struct entry *e)
{
	const size_t *n = e->tensors;

	printf("%s\t%s\t%zu\t%zu\t%zu\t%zu\t%s\t%s\n", e->d->name,
	       e->d->op_type, e->workloads,
	       n[TENSOR_STORED] + n[TENSOR_MISSING] + n[TENSOR_POINTER],
	       n[TENSOR_MISSING], n[TENSOR_POINTER], e->path, e->list);
}

int main(int argc, char *argv[])
{
	struct inventory v = {0};
	struct data_set_files definitions, lists;
	struct fault f;

	tool_start();
	if (getopt(argc, argv, "") != -1 || optind == argc)
		tool_usage(USAGE);
	v.root = argv[optind];
	v.wanted = argv + optind + 1;
	v.nwanted = argc - optind - 1;
	if (data_set_find(v.root, "definitions", ".json", &definitions, &f) ||
	    data_set_find(v.root, "workloads", ".jsonl", &lists, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (!definitions.count)
		errx(EXIT_TROUBLE, "%s: no definitions/*.json beneath it",
		     v.root);
	for (size_t i = 0; i < definitions.count; i++)
		add_definition(&v, definitions.path[i]);
	for (size_t i = 0; i < lists.count; i++)
		add_list(&v, lists.path[i]);
	for (int i = 0; i < v.nwanted; i++) {
		if (find(&v, v.wanted[i]))
			continue;
		fault_set(&f, "%s: no definition %.100s", v.root, v.wanted[i]);
		complain(&v, f.text);
	}
	puts("definition\top_"
	     "type\tworkloads\ttensors\tmissing\tpointers\tpath\t"
	     "list");
	for (size_t i = 0; i < v.count; i++) {
		print_entry(&v.entry[i]);
		definition_free(v.entry[i].d);
	}
	free(v.entry);
	data_set_free(&definitions);
	data_set_free(&lists);
	return v.broken ? EXIT_TROUBLE : EXIT_YES;
}
