/* workload-profile - what the workloads of a kernel are like, as a page
 *
 * Axes, tensors, the numbers in stored index tensors, and classes of workloads
 * that ask for different code, each with its share of the time and what would
 * help it.
 */
#include "file.h"
#include "job.h"
#include "lineage.h"
#include "memory.h"
#include "moved.h"
#include "safetensors.h"
#include "tool.h"
#include "trace_set.h"
#include "workload_page.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"workload-profile [-b GB/s] [-d cpu|cuda] [-e experiments] "           \
	"[-m measured] [-o page.md] -k kernel_dir workloads"

struct request {
	const char *device, *experiments, *measured, *output, *kernel_dir,
	        *workloads;
	double gb_s;
};

static void damaged(struct stored_input *s, const char *reason)
{
	if (!s->damaged++)
		snprintf(s->reason, sizeof s->reason, "%.199s", reason);
}

/* Looks at one stored tensor of one workload. */
static void look_at(const struct request *q, const struct input_spec *in,
                    const struct tensor_spec *t, struct stored_input *s)
{
	char *root = trace_set_root(q->workloads, in->path);
	const struct safetensor *found;
	struct safetensors file;
	struct fault f;

	s->workloads++;
	if (!root) {
		s->missing++;
		return;
	}
	if (safetensors_read_beneath(root, in->path, &file, &f)) {
		damaged(s, f.text);
	} else {
		found = safetensors_find(&file, in->key);
		if (!found || found->dtype != t->dtype)
			damaged(s, "no tensor of that name and type in it");
		else if (index_tensor_is(t->dtype) && found->bytes)
			index_tensor_add(&s->index, found);
		safetensors_free(&file);
	}
	free(root);
}

static void look_at_all(const struct request *q, struct workload_facts *w)
{
	const struct definition *d = w->definition;

	for (size_t i = 0; i < w->list->count; i++)
		for (size_t k = 0; k < d->ninputs; k++)
			if (w->list->item[i].input[k].kind == INPUT_SAFETENSORS)
				look_at(q, &w->list->item[i].input[k],
				        &d->inputs[k], &w->stored[k]);
}

/* What the incumbent took, if anything is known of it. */
static void read_times(const struct request *q,
                       const struct workload_list *list, struct times *t)
{
	const struct times_place place = {q->experiments, q->measured,
	                                  q->kernel_dir, q->device};
	char *source = source_find(q->kernel_dir, "solution", q->device);
	char hash[SHA256_HEX] = "";
	struct fault f;

	if (source && sha256_file(source, hash))
		err(EXIT_TROUBLE, "%s", source);
	if (times_read(&place, hash, list, t, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	free(source);
}

static void put(const char *path, const char *page)
{
	if (!path)
		fputs(page, stdout);
	else if (file_write(path, page, strlen(page)))
		err(EXIT_TROUBLE, "%s", path);
}

static void make_page(const struct request *q)
{
	char *path = xasprintf("%s/definition.json", q->kernel_dir), *page;
	char *rules = xasprintf("%s/settings", q->kernel_dir);
	struct settings settings;
	struct workload_facts w = {.device = q->device};
	struct definition *d;
	struct workload_list list;
	struct times times;
	double *moved;
	struct fault f;

	d = definition_read(path, &f);
	if (!d || workload_list_read(q->workloads, d, &list, &f) ||
	    settings_read(rules, q->device, kernel_settings_known, &settings,
	                  &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	read_times(q, &list, &times);
	w.definition = d;
	w.list = &list;
	w.times = &times;
	w.stored = xcalloc(d->ninputs, sizeof *w.stored);
	look_at_all(q, &w);
	moved = moved_bytes(&settings, q->workloads, d, &list);
	settings_free(&settings);
	path_classes_make(&w.classes, d, &list, &times, moved, q->device,
	                  q->gb_s);
	page = workload_page(&w);
	put(q->output, page);
	for (size_t i = 0; i < d->ninputs; i++)
		index_tensor_free(&w.stored[i].index);
	path_classes_free(&w.classes);
	times_free(&times);
	workload_list_free(&list);
	definition_free(d);
	free(w.stored);
	free(moved);
	free(page);
	free(rules);
	free(path);
}

static double bandwidth(const char *text)
{
	char *end;
	double gb_s = strtod(text, &end);

	if (end == text || *end || !(gb_s >= 0.001 && gb_s <= 1e6))
		errx(EXIT_TROUBLE, "-b: want GB/s from 0.001 to 1e6, got '%s'",
		     text);
	return gb_s;
}

int main(int argc, char *argv[])
{
	struct request q = {.device = "cpu"};
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "b:d:e:k:m:o:")) != -1) {
		if (c == 'b')
			q.gb_s = bandwidth(optarg);
		else if (c == 'd')
			q.device = optarg;
		else if (c == 'e')
			q.experiments = optarg;
		else if (c == 'k')
			q.kernel_dir = optarg;
		else if (c == 'm')
			q.measured = optarg;
		else if (c == 'o')
			q.output = optarg;
		else
			tool_usage(USAGE);
	}
	if (argc - optind != 1 || !q.kernel_dir)
		tool_usage(USAGE);
	if (strcmp(q.device, "cpu") && strcmp(q.device, "cuda"))
		errx(EXIT_TROUBLE, "%s: unknown device; want cpu or cuda",
		     q.device);
	q.workloads = argv[optind];
	make_page(&q);
	return EXIT_YES;
}
