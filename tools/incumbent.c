/* incumbent - say which solution stands; adopt a hand edit; go back */
#include "base.h"
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "journal.h"
#include "knobs.h"
#include "ledger.h"
#include "lineage.h"
#include "memory.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"incumbent [-a | -r experiment] -d device -e experiments -k kernel"

struct place {
	const char *device, *experiments, *kernel_dir;
	char *ledger_path;
	struct ledger ledger;
	struct incumbent incumbent;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static json *knobs_of(const char *text, const char *path)
{
	struct knobs *k = xcalloc(1, sizeof *k);
	json *o = json_object();
	struct fault ignored;

	if (knobs_read(text, path, k, &ignored) == 0)
		for (size_t i = 0; i < k->count; i++)
			json_add_string(o, k->item[i].name,
			                k->item[i].value[k->item[i].current]);
	free(k);
	return o;
}

static void append(const struct place *p, const char *experiment,
                   const char *outcome, const char *source, json *knobs)
{
	const struct incumbent *i = &p->incumbent;
	char now[TIME_TEXT];
	json *line = json_object();
	struct fault f;

	time_text(now);
	json_add_string(line, "experiment", experiment);
	json_add_string(line, "device", p->device);
	json_add_string(line, "proposer", "person");
	json_add_string(line, "outcome", outcome);
	json_add_string(line, "reason", "-");
	json_add_null(line, "speedup");
	json_add_null(line, "ci_low");
	json_add_null(line, "ci_high");
	json_add_string(line, "incumbent", i->experiment);
	json_add_string(line, "source_sha256", source);
	json_add_null(line, "object_sha256");
	json_add_string(line, "incumbent_source_sha256",
	                i->expected[0] ? i->expected : i->source);
	json_add(line, "knobs", knobs);
	json_add_string(line, "at", now);
	json_add_null(line, "seconds");
	if (journal_append(p->ledger_path, line, &f))
		die(&f);
	json_free(line);
}

static void write_in(const char *dir, const char *name, const char *data,
                     size_t len)
{
	struct fault f;

	if (experiment_write(dir, name, data, len, &f))
		die(&f);
}

/* The hand edit gets a number of its own; the ledger's line makes it valid. */
static int adopt(const struct place *p)
{
	const struct incumbent *i = &p->incumbent;
	char *dir, *name, *page;
	struct fault f;

	if (!incumbent_is_edited(i)) {
		warnx("%s: is %s as it was: nothing to adopt", i->path,
		      i->experiment);
		return EXIT_NO;
	}
	dir = experiment_claim(p->experiments, &f);
	if (!dir)
		die(&f);
	name = strrchr(dir, '/') + 1;
	page = xasprintf("# %s: adopted\n\nA person's edit of %s, not judged: "
	                 "a baseline of its own.\n",
	                 name, i->experiment);
	write_in(dir, strrchr(i->path, '/') + 1, i->text, i->len);
	write_in(dir, "result.md", page, strlen(page));
	append(p, name, OUTCOME_ADOPT, i->source, knobs_of(i->text, i->path));
	printf("%s adopted: %s\n", i->path, dir);
	free(page);
	free(dir);
	return EXIT_YES;
}

/* Only what was the incumbent once can be it again. */
static void check_was_incumbent(const struct place *p, const char *name)
{
	const struct ledger_entry *e;

	if (strcmp(name, "shipped") == 0)
		return;
	e = is_experiment(name) ? ledger_find(&p->ledger, name) : NULL;
	if (!e || strcmp(e->device, p->device) != 0 || !ledger_is_baseline(e))
		errx(EXIT_TROUBLE,
		     "%s: never was the incumbent for %s: want \"shipped\" or "
		     "an experiment that was accepted or adopted",
		     name, p->device);
}

static int revert(const struct place *p, const char *name)
{
	const struct incumbent *i = &p->incumbent;
	char hex[SHA256_HEX], *path, *text;
	struct fault f;
	size_t len;

	check_was_incumbent(p, name);
	path = source_of(p->experiments, p->kernel_dir, p->device, name, &f);
	if (!path)
		die(&f);
	text = file_read(path, SOURCE_MAX, &len);
	if (!text)
		err(EXIT_TROUBLE, "%s", path);
	sha256_hex(text, len, hex);
	if (strcmp(i->source, hex) != 0 &&
	    incumbent_install(p->kernel_dir, p->device, path, &f))
		die(&f);
	if (strcmp(i->experiment, name) != 0)
		append(p, name, OUTCOME_REVERT, hex, knobs_of(text, path));
	free(path);
	path = source_find(p->kernel_dir, "solution", p->device);
	printf("%s: %s stands\n", path, name);
	free(text);
	free(path);
	return EXIT_YES;
}

static void load(struct place *p)
{
	struct fault f;

	p->ledger_path = xasprintf("%s/ledger.jsonl", p->experiments);
	if (ledger_read(p->ledger_path, &p->ledger, &f) ||
	    incumbent_read(p->kernel_dir, p->device, &p->ledger, &p->incumbent,
	                   &f))
		die(&f);
}

int main(int argc, char *argv[])
{
	static struct place p;
	const char *back = NULL;
	struct fault f;
	int c, adopting = 0;

	tool_start();
	while ((c = getopt(argc, argv, "ad:e:k:r:")) != -1) {
		switch (c) {
		case 'a':
			adopting = 1;
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
		case 'r':
			back = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (optind != argc || !p.device || !p.experiments || !p.kernel_dir ||
	    (adopting && back))
		tool_usage(USAGE);
	if ((adopting || back) && experiments_lock(p.experiments, &f) < 0)
		die(&f);
	load(&p);
	if (adopting)
		return adopt(&p);
	if (back)
		return revert(&p, back);
	printf("%s %s%s\n", p.incumbent.experiment, p.incumbent.path,
	       incumbent_is_edited(&p.incumbent) ? " edited" : "");
	return EXIT_YES;
}
