/* snapshot - publish an experiment; on accept its candidate takes the place
 *
 * The order is verdict, incumbent, ledger, result.md. Each step is seen from
 * the files to be done or not, so that a killed snapshot is simply run again.
 */
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "journal.h"
#include "memory.h"
#include "record.h"
#include "tool.h"

#include <err.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE "snapshot -k kernel -e experiments -w workloads experiment"

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* The incumbent is neither what was measured against nor the candidate. */
static _Noreturn void judge_again(const struct record *r,
                                  const struct incumbent *inc)
{
	static const char *const measured[] = {"verdict.json", "confirm.tsv",
	                                       "compare.tsv", "bench.tsv"};

	for (size_t i = 0; i < sizeof measured / sizeof *measured; i++) {
		char *path = xasprintf("%s/%s", r->dir, measured[i]);

		if (unlink(path) && errno != ENOENT)
			err(EXIT_TROUBLE, "%s", path);
		free(path);
	}
	errx(EXIT_RETRY, "%s: changed while %s was judged: judge it again",
	     inc->path, r->base.experiment);
}

static void swap(const struct record *r, const struct ledger *l)
{
	static struct incumbent inc; /* still held where we exit */
	struct fault f;

	if (incumbent_read(r->kernel_dir, r->base.device, l, &inc, &f))
		die(&f);
	if (strcmp(inc.source, r->base.source) != 0) {
		if (strcmp(inc.source, r->base.incumbent_source) != 0)
			judge_again(r, &inc);
		if (shipped_keep(r->experiments, l, &inc, &f) ||
		    incumbent_install(r->kernel_dir, r->base.device, r->source,
		                      &f))
			die(&f);
	}
	incumbent_free(&inc);
}

static void add_number(json *line, const char *key, double x)
{
	if (isfinite(x))
		json_add_number(line, key, x);
	else
		json_add_null(line, key);
}

static json *ledger_line(const struct record *r)
{
	const struct verdict *v = &r->verdict;
	const char *object = json_string(json_get(r->build, "object_sha256"));
	const char *at = json_string(json_get(v->document, "judged_at"));
	json *line = json_object();

	json_add_string(line, "experiment", r->base.experiment);
	json_add_string(line, "device", r->base.device);
	json_add_string(line, "proposer", r->base.proposer);
	json_add_string(line, "outcome", v->outcome);
	json_add_string(line, "reason", v->reason);
	if (v->trust)
		json_add_string(line, "trust", v->trust);
	add_number(line, "speedup", v->speedup);
	add_number(line, "ci_low", v->ci_low);
	add_number(line, "ci_high", v->ci_high);
	json_add_string(line, "incumbent", r->base.incumbent);
	json_add_string(line, "source_sha256", r->base.source);
	if (object)
		json_add_string(line, "object_sha256", object);
	else
		json_add_null(line, "object_sha256");
	json_add_string(line, "incumbent_source_sha256",
	                r->base.incumbent_source);
	json_add(line, "knobs", json_copy(r->base.knobs));
	json_add_string(line, "at", at ? at : r->base.created_at);
	add_number(line, "seconds", seconds_between(r->base.created_at, at));
	return line;
}

static void write_page(const struct record *r, const char *name, char *text)
{
	struct fault f;

	if (experiment_write(r->dir, name, text, strlen(text), &f))
		die(&f);
	free(text);
}

static void sweep_in(const struct record *r, const char *name)
{
	char *dir = xasprintf("%s/%s", r->dir, name);

	sweep(dir, NULL);
	free(dir);
}

static void publish(const struct record *r)
{
	static char *path; /* still held where we exit, as the ledger is */
	/* Made before the swap, while the old incumbent is still there. */
	char *traces = record_traces(r), *page = record_page(r);
	char *change = record_change(r);
	static struct ledger l;
	const struct ledger_entry *old;
	struct fault f;
	json *line;

	path = xasprintf("%s/ledger.jsonl", r->experiments);
	if (ledger_read(path, &l, &f))
		die(&f);
	old = ledger_find(&l, r->base.experiment);
	if (old && strcmp(old->source, r->base.source) != 0)
		errx(EXIT_TROUBLE,
		     "%s: has a line of other code for %s: remove %s, and it "
		     "is judged under a new number",
		     path, r->base.experiment, r->dir);
	/* With a line in the ledger the incumbent was settled long ago. */
	if (!old) {
		if (strcmp(r->verdict.outcome, OUTCOME_ACCEPT) == 0)
			swap(r, &l);
		line = ledger_line(r);
		if (journal_append(path, line, &f))
			die(&f);
		json_free(line);
	}
	ledger_free(&l);
	free(path);
	sweep(r->kernel_dir, "solution");
	sweep(r->experiments, NULL);
	sweep(r->dir, NULL);
	sweep_in(r, "plan");
	sweep_in(r, "code");
	write_page(r, "trace.jsonl", traces);
	write_page(r, "change.diff", change);
	write_page(r, "result.md", page);
}

int main(int argc, char *argv[])
{
	const char *kernel_dir = NULL, *experiments = NULL, *workloads = NULL;
	char *result;
	static struct record r;
	struct fault f;
	int c, is_published;

	tool_start();
	while ((c = getopt(argc, argv, "e:k:w:")) != -1) {
		switch (c) {
		case 'e':
			experiments = optarg;
			break;
		case 'k':
			kernel_dir = optarg;
			break;
		case 'w':
			workloads = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (optind + 1 != argc || !kernel_dir || !experiments || !workloads)
		tool_usage(USAGE);
	if (experiments_lock(experiments, &f) < 0)
		die(&f);
	result = xasprintf("%s/result.md", argv[optind]);
	is_published = file_exists(result);
	free(result);
	if (!is_published) {
		if (record_read(argv[optind], kernel_dir, experiments,
		                workloads, &r, &f))
			die(&f);
		publish(&r);
		record_free(&r);
	}
	return EXIT_YES;
}
