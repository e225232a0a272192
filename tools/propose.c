/* propose - claim the next experiment and write its candidate
 *
 * An experiment of this device that was begun and not published is given
 * back instead of a new one, so that a killed run goes on where it was. What
 * it measured against an incumbent that changed meanwhile is removed.
 *
 * A model is never asked from here: its prompt is written, and ask(1) has it
 * answered.
 */
#include "begun.h"
#include "claim.h"
#include "clock.h"
#include "file.h"
#include "memory.h"
#include "number.h"
#include "round.h"
#include "statement.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 64 /* candidates at once */

struct request {
	const char *proposer, *file, *reply, *statement;
	int dry;
	int64_t candidates; /* to be begun at once, by tune */
	struct site site;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* The first experiment with a candidate to go on with, any or that of one
 * source; all that are begun are added to the ledger in memory. Returns its
 * folder or NULL. */
static char *find_begun(struct request *r, const char *source, char **dead)
{
	struct begun_list l;
	struct fault f;
	char *found = NULL;

	if (begun_read(&r->site, &l, &f))
		die(&f);
	for (size_t i = 0; i < l.count; i++) {
		const struct begun *b = &l.item[i];

		int fits = b->base.document &&
		           (!source || strcmp(source, b->base.source) == 0);

		if (fits && (!found || r->candidates > 1) &&
		    begun_refresh(&r->site, b, &f))
			die(&f);
		if (fits && !found)
			found = xstrdup(b->dir);
		if (begun_add_pending(&r->site, b, &f))
			die(&f);
	}
	*dead = l.dead ? xstrdup(l.dead) : NULL;
	begun_free(&l);
	return found;
}

/* Claims a folder, or takes the dead one, and writes a candidate into it. */
static char *write_candidate(const struct request *r, const char *proposer,
                             const struct proposal *p, const char *dead)
{
	char now[TIME_TEXT], *dir;
	struct base base = {.proposer = proposer, .created_at = now};
	struct fault f;

	time_text(now);
	dir = dead ? xstrdup(dead) : experiment_claim(r->site.experiments, &f);
	if (!dir || begun_write(&r->site, dir, p, &base, &f))
		die(&f);
	return dir;
}

/* One more point of tune's. 0: *dir is its folder, NULL for a dry run, whose
 * page is printed; 1: no point is left, the fault says why. */
static int tune_once(struct request *r, const char *dead, char **dir,
                     struct fault *f)
{
	const struct ground *g = &r->site.ground;
	struct proposal p = {0};
	int status = proposal_by_tune(&g->incumbent, g->device, &r->site.ledger,
	                              &p, f);

	if (status < 0)
		die(f);
	if (!status && r->dry) {
		fputs(p.page, stdout);
	} else if (!status) {
		char hex[SHA256_HEX];

		*dir = write_candidate(r, "tune", &p, dead);
		sha256_hex(p.source, p.len, hex);
		ledger_add_pending(&r->site.ledger, strrchr(*dir, '/') + 1,
		                   g->device, hex, p.knobs);
	}
	proposal_free(&p);
	return status;
}

/* As tune_once. *dir is the first of those to judge: what is begun is finished
 * before others are claimed. */
static int by_tune(struct request *r, char **dir, struct fault *f)
{
	char *dead, *next = NULL;
	int status = 0;

	*dir = find_begun(r, NULL, &dead);
	if (*dir) {
		free(dead);
		return 0;
	}
	if (incumbent_check(&r->site.ground.incumbent, f) ||
	    site_add_shipped(&r->site, f))
		die(f);
	status = tune_once(r, dead, dir, f);
	free(dead);
	for (int64_t n = 1; n < r->candidates && !status && !r->dry; n++) {
		if (tune_once(r, NULL, &next, f))
			break;
		free(next);
		next = NULL;
	}
	return status;
}

/* Puts what is expected of a candidate on its page. */
static void add_statement(struct proposal *p, const char *path)
{
	struct reply said;
	struct fault f;
	size_t len;
	char *text = file_read(path, STATEMENT_MAX, &len), *page = p->page;
	char *fields;

	if (!text)
		err(EXIT_TROUBLE, "%s", path);
	if (statement_read(text, len, path, &said, &f))
		die(&f);
	fields = statement_page(&said);
	p->page = xasprintf("%s\n%s", page, fields);
	reply_free(&said);
	free(fields);
	free(page);
	free(text);
}

static char *by_person(struct request *r)
{
	const struct ground *g = &r->site.ground;
	char hex[SHA256_HEX], *dead, *dir;
	struct proposal p = {0};
	struct fault f;

	if (proposal_from_file(r->file, g->device, &p, &f))
		die(&f);
	if (!strcmp(p.extension, "txtar") !=
	    !strcmp(strrchr(g->incumbent.path, '.'), ".txtar"))
		errx(EXIT_TROUBLE, "%s: no solution of the kind of %s", r->file,
		     g->incumbent.path);
	if (r->statement)
		add_statement(&p, r->statement);
	sha256_hex(p.source, p.len, hex);
	dir = find_begun(r, hex, &dead);
	if (!dir) {
		if (incumbent_check(&g->incumbent, &f))
			die(&f);
		if (r->dry)
			fputs(p.page, stdout);
		else
			dir = write_candidate(r, r->proposer, &p, dead);
	}
	proposal_free(&p);
	free(dead);
	return dir;
}

/* Has ask(1) take the saved reply for the answer that is waited for. */
static void use_reply(const struct request *r, const char *conversation)
{
	char *path = xasprintf("%s/ask", tool_dir());
	pid_t pid = fork();
	int status;

	if (pid < 0)
		err(EXIT_TROUBLE, "fork");
	if (!pid) {
		execl(path, "ask", "-p", r->proposer, "-e", r->site.experiments,
		      "-r", r->reply, conversation, (char *)NULL);
		err(EXIT_TROUBLE, "%s", path);
	}
	if (waitpid(pid, &status, 0) != pid)
		err(EXIT_TROUBLE, "%s", path);
	free(path);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		exit(EXIT_TROUBLE);
}

static void print_prompt(struct request *r, const struct asking *rules)
{
	struct prompt p = {0};
	struct fault f;

	if (site_add_shipped(&r->site, &f) ||
	    round_prompt(&r->site, rules, &p, &f))
		die(&f);
	printf("%s\n%s\n%s", p.system, p.user, p.dropped);
	prompt_free(&p);
}

/* What is next, where a model proposes: begun, tune's turn, or begun now. */
static void find_next(struct request *r, const struct asking *rules,
                      struct round *at)
{
	struct fault f;
	int status;

	if (site_add_shipped(&r->site, &f))
		die(&f);
	status = round_next(&r->site, rules, at, &f);
	if (status > 0 && direction_is_tune(&r->site, rules->tune_after))
		status = by_tune(r, &at->dir, &f);
	if (status > 0 && (round_begin(&r->site, rules, &f) ||
	                   round_next(&r->site, rules, at, &f)))
		status = -1;
	if (status < 0)
		die(&f);
}

static void by_model(struct request *r)
{
	struct asking rules;
	struct round at;
	struct fault f;

	if (asking_read(r->proposer, &rules, &f))
		die(&f);
	if (r->dry) {
		print_prompt(r, &rules);
		return;
	}
	find_next(r, &rules, &at);
	if (r->reply) {
		if (!at.count)
			errx(EXIT_TROUBLE,
			     "%s: not used: %s waits for no reply, it has to "
			     "be judged",
			     r->reply, at.dir);
		use_reply(r, at.waits[0].what);
		round_free(&at);
		find_next(r, &rules, &at);
	}
	puts(at.dir);
	for (size_t i = 0; i < at.count; i++)
		printf("%s\n%s\n", at.waits[i].what, at.waits[i].model);
	round_free(&at);
}

static void run(struct request *r)
{
	struct fault f;
	char *dir;

	if (is_model(r->proposer)) {
		by_model(r);
		return;
	}
	if (r->file)
		dir = by_person(r);
	else if (by_tune(r, &dir, &f))
		errx(EXIT_NO, "%s", f.text);
	if (dir)
		puts(dir);
	free(dir);
}

static void check_proposer(const struct request *r)
{
	static const char *const name[] = {"tune",   "person",  "anthropic",
	                                   "openai", "command", "replay",
	                                   "claude"};
	size_t i = 0;

	while (i < sizeof name / sizeof *name &&
	       strcmp(name[i], r->proposer) != 0)
		i++;
	if (i == sizeof name / sizeof *name ||
	    !r->file != (strcmp(r->proposer, "person") != 0))
		errx(EXIT_TROUBLE,
		     "%s: want -p tune, anthropic, openai, command, replay or "
		     "claude, or -p person with -s FILE",
		     r->proposer);
	if (r->statement && !r->file)
		errx(EXIT_TROUBLE,
		     "-m %s: a statement is about a person's "
		     "file, -s",
		     r->statement);
	if (r->reply && !is_model(r->proposer))
		errx(EXIT_TROUBLE, "-r %s: a reply is a model's, not %s's",
		     r->reply, r->proposer);
}

static _Noreturn void usage(void)
{
	tool_usage(
	        "propose [-n] [-c candidates] -p proposer [-r reply] "
	        "[-s file] [-m statement] -d device -k kernel -e experiments "
	        "-b build -w workloads");
}

static void read_options(struct request *r, int argc, char *argv[])
{
	int c;

	while ((c = getopt(argc, argv, "b:c:d:e:k:m:np:r:s:w:")) != -1) {
		switch (c) {
		case 'b':
			r->site.build = optarg;
			break;
		case 'c':
			if (number_count(optarg, &r->candidates) ||
			    r->candidates < 1 || r->candidates > MOST)
				errx(EXIT_TROUBLE,
				     "-c %s: want candidates from 1 to %d",
				     optarg, MOST);
			break;
		case 'd':
			r->site.ground.device = optarg;
			break;
		case 'e':
			r->site.experiments = optarg;
			break;
		case 'k':
			r->site.ground.kernel_dir = optarg;
			break;
		case 'm':
			r->statement = optarg;
			break;
		case 'n':
			r->dry = 1;
			break;
		case 'p':
			r->proposer = optarg;
			break;
		case 'r':
			r->reply = optarg;
			break;
		case 's':
			r->file = optarg;
			break;
		case 'w':
			r->site.ground.workloads = optarg;
			break;
		default:
			usage();
		}
	}
}

int main(int argc, char *argv[])
{
	static struct request r;
	struct fault f;

	tool_start();
	r.candidates = 1;
	read_options(&r, argc, argv);
	if (optind != argc || !r.site.build || !r.site.ground.device ||
	    !r.site.experiments || !r.site.ground.kernel_dir || !r.proposer ||
	    !r.site.ground.workloads)
		usage();
	if (strcmp(r.site.ground.device, "cpu") != 0 &&
	    strcmp(r.site.ground.device, "cuda") != 0)
		errx(EXIT_TROUBLE, "%s: want a device: cpu or cuda",
		     r.site.ground.device);
	check_proposer(&r);
	if (experiments_lock(r.site.experiments, &f) < 0 ||
	    site_read(&r.site, &f))
		die(&f);
	run(&r);
	return EXIT_YES;
}
