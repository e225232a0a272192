/* profile - where a solution's time goes, as a page
 *
 * What the device counts, where that is permitted: by ncu in the judge's own
 * launcher on a GPU, by the processor in a worker on a CPU. Everywhere what the
 * compiler says, the instructions in the code, and how far the measured times
 * are from the bandwidth. What is missing is said, with the reason.
 */
#include "clock.h"
#include "disassembly.h"
#include "file.h"
#include "job.h"
#include "memory.h"
#include "moved.h"
#include "profile_page.h"
#include "sandbox.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"profile [-e experiments] [-g reference.json] [-l report.log] "        \
	"[-m measured] [-n ncu] [-o page.md] -c cache -k kernel_dir "          \
	"-w workloads build.json"
#define LOG_MAX ((size_t)1 << 20)

struct request {
	const char *experiments, *reference, *log, *measured, *ncu, *output;
	const char *cache, *kernel_dir, *workloads, *build;
};

static char *no_mix, *no_log;

static void take_apart(const struct request *q, struct profile_facts *x,
                       struct mix *mix, char **text)
{
	static const char *const sass[] = {"-sass", NULL};
	static const char *const host[] = {"-d", "--no-show-raw-insn", "-w",
	                                   NULL};
	int is_cuda = !strcmp(x->build->device, "cuda");
	const char *name = is_cuda ? "cuobjdump" : "objdump";
	char *tool = disassembler_find(name), *file;
	struct fault f;

	if (!tool) {
		no_mix = xasprintf("%s: not found; install %s", name,
		                   is_cuda ? "the CUDA toolkit" : "binutils");
		return;
	}
	file = build_file(x->build, q->cache,
	                  is_cuda ? "kernel.cubin" : "kernel.so");
	*text = disassemble(tool, is_cuda ? sass : host, file, &f);
	if (!*text) {
		no_mix = xstrdup(f.text);
	} else {
		(is_cuda ? mix_of_sass : mix_of_x86)(*text, mix);
		x->mix = mix;
		x->tool = disassembler_version(tool);
	}
	free(tool);
	free(file);
}

static char *read_log(const struct request *q)
{
	char *log = q->log ? file_read(q->log, LOG_MAX, NULL) : NULL;

	if (!q->log)
		no_log = xstrdup("no build with a report was given");
	else if (!log)
		err(EXIT_TROUBLE, "%s", q->log);
	return log;
}

static void put(const char *path, const char *page)
{
	if (!path)
		fputs(page, stdout);
	else if (file_write(path, page, strlen(page)))
		err(EXIT_TROUBLE, "%s", path);
}

/* All facts, then the page. */
static void make_page(const struct request *q, struct profile_facts *x)
{
	char at[TIME_TEXT], *text = NULL, *log = read_log(q), *page;
	const struct job_parts parts = {.kernel_dir = q->kernel_dir,
	                                .workloads = q->workloads,
	                                .cache = q->cache,
	                                .reference = q->reference,
	                                .candidate = q->build};
	struct mix mix = {0};
	struct counting counting;

	counting_do(&parts, x->list, q->ncu, &counting);
	x->counting = &counting;
	take_apart(q, x, &mix, &text);
	time_text(at);
	x->at = at;
	x->log = log;
	x->no_mix = no_mix;
	x->no_log = no_log;
	page = profile_page(x);
	put(q->output, page);
	mix_free(&mix);
	counting_free(&counting);
	free((char *)x->tool);
	free(no_mix);
	free(no_log);
	free(text);
	free(page);
	free(log);
}

static void profile(const struct request *q)
{
	char *path = xasprintf("%s/definition.json", q->kernel_dir);
	char *rules = xasprintf("%s/settings", q->kernel_dir);
	struct settings settings;
	struct definition *d = NULL;
	struct workload_list list;
	struct times times;
	struct build b;
	struct fault f;
	struct profile_facts x = {.build = &b, .times = &times, .list = &list};
	double *moved;
	struct times_place place = {q->experiments, q->measured, q->kernel_dir,
	                            NULL};

	if (build_read(q->build, &b, &f) || !(d = definition_read(path, &f)) ||
	    workload_list_read(q->workloads, d, &list, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (!b.ok)
		errx(EXIT_TROUBLE, "%s: it did not compile", q->build);
	if (b.language)
		errx(EXIT_TROUBLE, "%s: Python has no code to look into",
		     q->build);
	if (!build_is_cached(&b, q->cache))
		errx(EXIT_TROUBLE, "%s: its code is not in %s: build it again",
		     q->build, q->cache);
	place.device = b.device;
	x.definition = d;
	if (times_read(&place, b.source_sha256, &list, &times, &f) ||
	    settings_read(rules, b.device, kernel_settings_known, &settings,
	                  &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	moved = moved_bytes(&settings, q->workloads, d, &list);
	settings_free(&settings);
	x.moved = moved;
	make_page(q, &x);
	times_free(&times);
	free(moved);
	workload_list_free(&list);
	definition_free(d);
	build_free(&b);
	free(rules);
	free(path);
}

int main(int argc, char *argv[])
{
	struct request q = {0};
	const struct {
		int letter;
		const char **value;
	} option[] = {{'c', &q.cache},     {'e', &q.experiments},
	              {'g', &q.reference}, {'k', &q.kernel_dir},
	              {'l', &q.log},       {'m', &q.measured},
	              {'n', &q.ncu},       {'o', &q.output},
	              {'w', &q.workloads}};
	size_t i, count = sizeof option / sizeof *option;
	int c;

	tool_start();
	while ((c = getopt(argc, argv, "c:e:g:k:l:m:n:o:w:")) != -1) {
		for (i = 0; i < count && option[i].letter != c;)
			i++;
		if (i == count)
			tool_usage(USAGE);
		*option[i].value = optarg;
	}
	if (argc - optind != 1 || !q.cache || !q.kernel_dir || !q.workloads)
		tool_usage(USAGE);
	sandbox_require();
	q.build = argv[optind];
	profile(&q);
	return EXIT_YES;
}
