/* propose - claim the next experiment and write its candidate
 *
 * An experiment of this device that was begun and not published is given
 * back instead of a new one, so that a killed run goes on where it was. What
 * it measured against an incumbent that changed meanwhile is removed.
 */
#include "base.h"
#include "build.h"
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "ledger.h"
#include "lineage.h"
#include "memory.h"
#include "proposal.h"
#include "tool.h"
#include "verdict.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
	const char *proposer, *file, *experiments, *build;
	struct ground ground;
	struct ledger ledger;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static char *base_of(const struct request *r, const char *experiment,
                     const char *proposer, const char *created_at,
                     const char *source, const json *knobs)
{
	struct base b = {.experiment = experiment,
	                 .proposer = proposer,
	                 .created_at = created_at,
	                 .source = source,
	                 .knobs = knobs};
	struct fault f;
	char *text = base_text(&b, &r->ground, &f);

	if (!text)
		die(&f);
	return text;
}

static void write_in(const char *dir, const char *name, const char *data,
                     size_t len)
{
	struct fault f;

	if (experiment_write(dir, name, data, len, &f))
		die(&f);
}

/* The verdict stands: it was reached against the incumbent that base.json
 * names, and an accept is not yet, or already, carried out. */
static int is_settled(const struct request *r, const struct base *b,
                      const char *dir)
{
	char *path = xasprintf("%s/verdict.json", dir);
	struct verdict v;
	struct fault f;
	int settled = 0;

	if (file_exists(path)) {
		if (verdict_read(path, &v, &f))
			die(&f);
		settled = strcmp(v.outcome, OUTCOME_ACCEPT) != 0 ||
		          strcmp(r->ground.incumbent.source, b->source) == 0 ||
		          strcmp(r->ground.incumbent.source,
		                 b->incumbent_source) == 0;
		verdict_free(&v);
	}
	free(path);
	return settled;
}

static void refuse_edited(const struct request *r)
{
	const struct incumbent *i = &r->ground.incumbent;
	const char *ext = strrchr(i->path, '.');

	if (!incumbent_is_edited(i))
		return;
	errx(EXIT_TROUBLE,
	     "%s: edited by hand since %s. To have the edit judged: cp %s "
	     "mine%s; make revert EXP=%s; make try SOLUTION=mine%s. To keep "
	     "it unjudged, as a baseline of its own: make adopt",
	     i->path, i->experiment, i->path, ext, i->experiment, ext);
}

/* Makes an unpublished experiment stand on what is here now. */
static void refresh(const struct request *r, const struct base *b,
                    const char *dir)
{
	static const char *const derived[] = {
	        "verdict.json", "confirm.tsv", "compare.tsv", "bench.tsv",
	        "verify.jsonl", "build.json",  "build.log"};
	char *text, *path = xasprintf("%s/base.json", dir);
	char *old = file_read(path, SOURCE_MAX, NULL);

	if (!old)
		err(EXIT_TROUBLE, "%s", path);
	free(path);
	text = base_of(r, b->experiment, b->proposer, b->created_at, b->source,
	               b->knobs);
	if (is_settled(r, b, dir)) {
		/* snapshot has only to finish */
	} else if (refuse_edited(r), strcmp(text, old) != 0) {
		for (size_t i = 0; i < sizeof derived / sizeof *derived; i++) {
			path = xasprintf("%s/%s", dir, derived[i]);
			if (unlink(path) && errno != ENOENT)
				err(EXIT_TROUBLE, "%s", path);
			free(path);
		}
		write_in(dir, "base.json", text, strlen(text));
		warnx("%s: what it stands on has changed: judged anew", dir);
	}
	free(old);
	free(text);
}

/* Looks at one experiment for find_pending. */
static void look(struct request *r, const char *name, const char *source,
                 char **found, char **dead)
{
	char *dir = xasprintf("%s/%s", r->experiments, name);
	char *path = xasprintf("%s/base.json", dir);
	char *page = xasprintf("%s/result.md", dir);
	struct base b = {0};
	struct fault f;

	if (file_exists(page)) {
		/* published */
	} else if (!file_exists(path)) {
		free(*dead);
		*dead = xstrdup(dir);
	} else if (base_read(path, &b, &f)) {
		die(&f);
	} else if (strcmp(b.device, r->ground.device) != 0) {
		/* another loop's */
	} else if (!*found && (!source || strcmp(source, b.source) == 0)) {
		*found = xstrdup(dir);
		refresh(r, &b, dir);
	} else {
		ledger_add_pending(&r->ledger, b.experiment, b.device, b.source,
		                   b.knobs);
	}
	base_free(&b);
	free(page);
	free(path);
	free(dir);
}

/* An unpublished experiment to go on with: any, or that of one source. Others
 * of this device are added to the ledger in memory. *dead: a claim that was
 * killed before its base.json. Returns its folder or NULL. */
static char *find_pending(struct request *r, const char *source, char **dead)
{
	struct names names;
	struct fault f;
	char *found = NULL;

	if (experiments_list(r->experiments, &names, &f))
		die(&f);
	for (size_t i = 0; i < names.count; i++)
		look(r, names.item[i], source, &found, dead);
	names_free(&names);
	return found;
}

static void write_experiment(const struct request *r, const char *dir,
                             const struct proposal *p)
{
	char hex[SHA256_HEX], now[TIME_TEXT];
	const char *name = strrchr(dir, '/') + 1;
	char *file = xasprintf("solution.%s", p->extension);
	char *page =
	        xasprintf("# %s, proposed by %s\n\nOn top of %s.\n\n%s", name,
	                  r->proposer, r->ground.incumbent.experiment, p->page);
	struct fault f;
	char *base;

	sha256_hex(p->source, p->len, hex);
	time_text(now);
	base = base_of(r, name, r->proposer, now, hex, p->knobs);
	if (shipped_keep(r->experiments, &r->ledger, &r->ground.incumbent, &f))
		die(&f);
	write_in(dir, file, p->source, p->len);
	write_in(dir, "proposal.md", page, strlen(page));
	write_in(dir, "base.json", base, strlen(base)); /* last: it is made */
	free(file);
	free(page);
	free(base);
}

/* The shipped solution is a point of the space as well. */
static void add_shipped(struct request *r)
{
	char *path = source_find(r->experiments, "shipped", r->ground.device);
	struct proposal p;
	struct fault f;
	char hex[SHA256_HEX];

	if (path) {
		if (proposal_from_file(path, r->ground.device, &p, &f))
			die(&f);
		sha256_hex(p.source, p.len, hex);
		ledger_add_pending(&r->ledger, "shipped", r->ground.device, hex,
		                   p.knobs);
		proposal_free(&p);
	}
	free(path);
}

static void load(struct request *r)
{
	char *path = xasprintf("%s/ledger.jsonl", r->experiments);
	struct fault f;

	if (ledger_read(path, &r->ledger, &f) ||
	    incumbent_read(r->ground.kernel_dir, r->ground.device, &r->ledger,
	                   &r->ground.incumbent, &f) ||
	    build_read(r->build, &r->ground.build, &f))
		die(&f);
	free(path);
	if (!r->ground.build.ok)
		errx(EXIT_TROUBLE, "%s: the incumbent does not compile: see %s",
		     r->ground.incumbent.path, r->build);
	if (strcmp(r->ground.build.source_sha256, r->ground.incumbent.source) !=
	    0)
		errx(EXIT_TROUBLE, "%s: not the build of %s: run build-kernel",
		     r->build, r->ground.incumbent.path);
}

/* Returns the folder of the experiment to judge, or NULL for a dry run. */
static char *run(struct request *r, int dry)
{
	int is_person = strcmp(r->proposer, "person") == 0;
	char hex[SHA256_HEX], *dead = NULL, *dir;
	struct proposal p = {0};
	struct fault f;
	int status;

	if (is_person) {
		if (proposal_from_file(r->file, r->ground.device, &p, &f))
			die(&f);
		sha256_hex(p.source, p.len, hex);
	}
	dir = find_pending(r, is_person ? hex : NULL, &dead);
	if (!dir) {
		refuse_edited(r);
		add_shipped(r);
		status = is_person ? 0
		                   : proposal_by_tune(&r->ground.incumbent,
		                                      r->ground.device,
		                                      &r->ledger, &p, &f);
		if (status > 0)
			errx(EXIT_NO, "%s", f.text);
		if (status < 0)
			die(&f);
		if (dry) {
			fputs(p.page, stdout);
		} else {
			dir = dead ? xstrdup(dead)
			           : experiment_claim(r->experiments, &f);
			if (!dir)
				die(&f);
			write_experiment(r, dir, &p);
		}
	}
	proposal_free(&p);
	free(dead);
	return dir;
}

static _Noreturn void usage(void)
{
	tool_usage("propose [-n] -p tune|person [-s file] -d device -k kernel "
	           "-e experiments -b build -w workloads");
}

int main(int argc, char *argv[])
{
	static struct request r;
	struct fault f;
	char *dir;
	int c, dry = 0;

	tool_start();
	while ((c = getopt(argc, argv, "b:d:e:k:np:s:w:")) != -1) {
		switch (c) {
		case 'b':
			r.build = optarg;
			break;
		case 'd':
			r.ground.device = optarg;
			break;
		case 'e':
			r.experiments = optarg;
			break;
		case 'k':
			r.ground.kernel_dir = optarg;
			break;
		case 'n':
			dry = 1;
			break;
		case 'p':
			r.proposer = optarg;
			break;
		case 's':
			r.file = optarg;
			break;
		case 'w':
			r.ground.workloads = optarg;
			break;
		default:
			usage();
		}
	}
	if (optind != argc || !r.build || !r.ground.device || !r.experiments ||
	    !r.ground.kernel_dir || !r.proposer || !r.ground.workloads)
		usage();
	if (strcmp(r.ground.device, "cpu") != 0 &&
	    strcmp(r.ground.device, "cuda") != 0)
		errx(EXIT_TROUBLE, "%s: want a device: cpu or cuda",
		     r.ground.device);
	if (strcmp(r.proposer, r.file ? "person" : "tune") != 0)
		errx(EXIT_TROUBLE,
		     "%s: want -p tune, or -p person with -s FILE", r.proposer);
	if (experiments_lock(r.experiments, &f) < 0)
		die(&f);
	load(&r);
	dir = run(&r, dry);
	if (dir)
		puts(dir);
	free(dir);
	return EXIT_YES;
}
