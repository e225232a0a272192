/* profile - where a solution's time goes, as a page
 *
 * On a GPU what ncu counts in the judge's own launcher, where that is
 * permitted; everywhere what the compiler says, the instructions in the code,
 * and how far the measured times are from the bandwidth. What is missing is
 * said, with the reason.
 */
#include "clock.h"
#include "counters.h"
#include "disassembly.h"
#include "file.h"
#include "memory.h"
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
#define COUNTED 2 /* workloads that counters are read of */

struct request {
	const char *experiments, *reference, *log, *measured, *ncu, *output;
	const char *cache, *kernel_dir, *workloads, *build;
};

static char *no_counters, *no_mix, *no_log;

/* The job that a session wants, of the smallest and the largest workload. */
static struct session *open_session(const struct request *q, const char *dir,
                                    struct job **job, struct fault *f)
{
	const struct job_parts parts = {.kernel_dir = q->kernel_dir,
	                                .workloads = q->workloads,
	                                .cache = q->cache,
	                                .reference = q->reference,
	                                .candidate = q->build,
	                                .select = "ends",
	                                .phase = PHASE_VERIFY};

	if (job_write(dir, &parts, f) || !(*job = job_read(dir, f)))
		return NULL;
	return session_open(*job, f);
}

/* The workload of the list that one of the job is. */
static const struct workload *same(const struct workload_list *list,
                                   const char *uuid)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->item[i].uuid, uuid))
			return &list->item[i];
	return NULL;
}

static void count(struct session *s, const struct job *job, const char *ncu,
                  struct profile_facts *x, struct fault *f)
{
	char *metrics = ncu_metrics();
	int failed = 0;

	for (size_t i = 0;
	     i < job->workloads.count && !failed && x->ncounters < COUNTED;
	     i++) {
		struct profile_counters *c = &x->counters[x->ncounters];
		char *text;

		c->workload = same(x->list, job->workloads.item[i].uuid);
		if (!c->workload)
			continue; /* a hidden one */
		text = counters_read(s, ncu, metrics, i, f);
		failed = !text || ncu_parse(text, &c->report, f);
		x->ncounters += !failed;
		free(text);
	}
	if (failed)
		no_counters = xstrdup(f->text);
	free(metrics);
}

/* What a GPU counts; without one, or without ncu, the reason. */
static void read_counters(const struct request *q, struct profile_facts *x)
{
	char dir[] = "/tmp/ratchet-profile-XXXXXX";
	char *ncu = q->ncu ? xstrdup(q->ncu) : counters_find();
	struct session *s = NULL;
	struct job *job = NULL;
	struct fault f;

	x->counters = xcalloc(COUNTED, sizeof *x->counters);
	if (!q->reference) {
		no_counters = xstrdup("no reference was given");
	} else if (!mkdtemp(dir)) {
		err(EXIT_TROUBLE, "%s", dir);
	} else {
		s = open_session(q, dir, &job, &f);
		if (!s)
			no_counters = xstrdup(f.text);
		else
			x->copy_gb_s = counters_copy_gb_s(s);
		if (s && !ncu)
			no_counters = xstrdup("ncu: not found; install Nsight "
			                      "Compute");
		else if (s)
			count(s, job, ncu, x, &f);
		session_close(s);
		if (job)
			job_free(job);
		if (dir_remove(dir))
			warn("%s", dir);
	}
	free(ncu);
}

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

static void free_counters(struct profile_facts *x)
{
	for (size_t i = 0; i < x->ncounters; i++)
		ncu_free(&x->counters[i].report);
	free(x->counters);
}

/* All facts, then the page. */
static void make_page(const struct request *q, struct profile_facts *x)
{
	char at[TIME_TEXT], *text = NULL, *log = read_log(q), *page;
	struct mix mix = {0};

	if (!strcmp(x->build->device, "cuda"))
		read_counters(q, x);
	else
		no_counters = xstrdup("the jail keeps perf_event_open(2) from "
		                      "what it runs");
	take_apart(q, x, &mix, &text);
	time_text(at);
	x->at = at;
	x->log = log;
	x->no_counters = no_counters;
	x->no_mix = no_mix;
	x->no_log = no_log;
	page = profile_page(x);
	put(q->output, page);
	mix_free(&mix);
	free_counters(x);
	free((char *)x->tool);
	free(no_counters);
	free(no_mix);
	free(no_log);
	free(text);
	free(page);
	free(log);
}

static void profile(const struct request *q)
{
	char *path = xasprintf("%s/definition.json", q->kernel_dir);
	struct definition *d = NULL;
	struct workload_list list;
	struct times times;
	struct build b;
	struct fault f;
	struct profile_facts x = {.build = &b, .times = &times, .list = &list};
	struct times_place place = {q->experiments, q->measured, q->kernel_dir,
	                            NULL};

	if (build_read(q->build, &b, &f) || !(d = definition_read(path, &f)) ||
	    workload_list_read(q->workloads, d, &list, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	if (!b.ok)
		errx(EXIT_TROUBLE, "%s: it did not compile", q->build);
	if (!build_is_cached(&b, q->cache))
		errx(EXIT_TROUBLE, "%s: its code is not in %s: build it again",
		     q->build, q->cache);
	place.device = b.device;
	x.definition = d;
	if (times_read(&place, b.source_sha256, &list, &times, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	make_page(q, &x);
	times_free(&times);
	workload_list_free(&list);
	definition_free(d);
	build_free(&b);
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
