/* research - have a plan made from the records, and check it against them
 *
 * A conversation in EXPERIMENTS/research/NNNN: this program writes questions
 * and reads replies, ask(1) answers. Each call finds from the files what is
 * next, so that a killed one is simply made again. A conversation is over when
 * its result.md is there, which is written last.
 */
#include "claim.h"
#include "conversation.h"
#include "file.h"
#include "memory.h"
#include "plan_check.h"
#include "prompt.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE                                                                  \
	"research [-n] -b build -d device -e experiments -k kernel "           \
	"-w workloads"
#define MOST_TURNS 4 /* the question, and three repairs */
#define MOST_FOLDERS 9999
#define TOKENS 24000 /* it is asked seldom */

struct request {
	const char *experiments, *device, *build;
	struct ground ground;
	struct ledger ledger;
};

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static void write_in(const char *dir, const char *name, const char *text)
{
	struct fault f;

	if (experiment_write(dir, name, text, strlen(text), &f))
		die(&f);
}

static int is_over(const char *dir)
{
	char *path = xasprintf("%s/result.md", dir);
	int over = file_exists(path);

	free(path);
	return over;
}

/* What the first question of a device begins with. Caller frees. */
static char *heading_of(const char *device)
{
	return xasprintf("# Research on %s\n\n", device);
}

/* It asks about this device, or has asked nothing yet. */
static int is_ours(const struct conversation *c, const char *device)
{
	char *heading = heading_of(device);
	int ours = c->count == 0 ||
	           strncmp(c->turn[0].prompt, heading, strlen(heading)) == 0;

	free(heading);
	return ours;
}

/* The conversation to go on with, or a folder for a new one. Caller frees. */
static char *find(const struct request *g, struct conversation *c)
{
	struct fault f;

	for (long n = 1; n <= MOST_FOLDERS; n++) {
		char *dir = xasprintf("%s/research/%04ld", g->experiments, n);

		if (!is_over(dir)) {
			if (conversation_read(dir, c, &f))
				die(&f);
			if (is_ours(c, g->device))
				return dir;
			conversation_free(c);
		}
		free(dir);
	}
	errx(EXIT_TROUBLE, "%s/research: full: remove it", g->experiments);
}

/* The next question, and where it waits for its answer. */
static int wait_in(const char *dir)
{
	puts(dir);
	return EXIT_YES;
}

static struct prompt ask(const struct request *g)
{
	struct prompt_ground ground = {.ground = &g->ground,
	                               .ledger = &g->ledger,
	                               .experiments = g->experiments,
	                               .build = g->build,
	                               .tokens = TOKENS};
	char *heading = heading_of(g->device), *user;
	struct prompt p;
	struct fault f;

	if (prompt_research(&ground, &p, &f))
		die(&f);
	user = xasprintf("%s%s", heading, p.user);
	free(p.user);
	p.user = user;
	free(heading);
	return p;
}

static int begin(const struct request *g, const char *dir)
{
	struct prompt p = ask(g);
	struct fault f;

	if (conversation_begin(dir, p.system, p.user, &f))
		die(&f);
	prompt_free(&p);
	return wait_in(dir);
}

static int say_again(const char *dir, size_t turn, const char *wrong)
{
	char *prompt = xasprintf(
	        "The plan does not hold against the records:\n\n%s\nAnswer "
	        "with the whole plan again, both sections, with these "
	        "mended.\nLeave out what the records do not show.\n",
	        wrong);
	struct fault f;

	if (conversation_say(dir, turn, prompt, &f))
		die(&f);
	free(prompt);
	return wait_in(dir);
}

static int publish(const struct request *g, const char *dir, const char *plan)
{
	const char *name = strrchr(dir, '/') + 1;
	char *page = xasprintf("# Plan for %s, from research/%s\n\nA model's "
	                       "words; what they cite was found on record.\n\n"
	                       "%s",
	                       g->device, name, plan);
	char *result = xasprintf("# research/%s: plan\n\n%s", name, plan);

	sweep(g->experiments, NULL);
	sweep(dir, NULL);
	write_in(g->experiments, "plan.md", page);
	write_in(dir, "result.md", result);
	printf("%s/plan.md\n", g->experiments);
	free(page);
	free(result);
	return EXIT_YES;
}

static int refuse(const char *dir, const char *wrong)
{
	const char *name = strrchr(dir, '/') + 1;
	char *result = xasprintf("# research/%s: refused\n\nThe last of %d "
	                         "plans did not hold against the records "
	                         "either:\n\n%s",
	                         name, MOST_TURNS, wrong);

	write_in(dir, "result.md", result);
	free(result);
	warnx("%s: none of %d plans held against the records: see result.md",
	      dir, MOST_TURNS);
	return EXIT_NO;
}

static int judge(const struct request *g, const char *dir,
                 const struct conversation *c)
{
	const char *reply = c->turn[c->count - 1].reply;
	struct plan_records r = {&g->ledger, g->device, c->turn[0].prompt};
	char *plan, *wrong;
	int status;

	if (plan_check(reply, strlen(reply), &r, &plan, &wrong) == 0)
		status = publish(g, dir, plan);
	else if (c->count < MOST_TURNS)
		status = say_again(dir, c->count + 1, wrong);
	else
		status = refuse(dir, wrong);
	free(plan);
	free(wrong);
	return status;
}

static int go_on(const struct request *g)
{
	struct conversation c;
	char *dir = find(g, &c);
	int status;

	if (c.count == 0)
		status = begin(g, dir);
	else if (conversation_is_waiting(&c))
		status = wait_in(dir);
	else
		status = judge(g, dir, &c);
	conversation_free(&c);
	free(dir);
	return status;
}

static void load(struct request *g)
{
	char *path = xasprintf("%s/ledger.jsonl", g->experiments);
	size_t own = 0;
	struct fault f;

	if (ledger_read(path, &g->ledger, &f))
		die(&f);
	for (size_t i = 0; i < g->ledger.count; i++)
		own += strcmp(g->ledger.item[i].device, g->device) == 0;
	if (own == 0)
		errx(EXIT_NO,
		     "%s: no experiments on %s to learn from: make optimize",
		     path, g->device);
	free(path);
	if (incumbent_read(g->ground.kernel_dir, g->device, &g->ledger,
	                   &g->ground.incumbent, &f) ||
	    build_read(g->build, &g->ground.build, &f))
		die(&f);
}

static void parse(int argc, char *argv[], struct request *g, int *dry)
{
	int c;

	while ((c = getopt(argc, argv, "b:d:e:k:nw:")) != -1) {
		switch (c) {
		case 'b':
			g->build = optarg;
			break;
		case 'd':
			g->device = g->ground.device = optarg;
			break;
		case 'e':
			g->experiments = optarg;
			break;
		case 'k':
			g->ground.kernel_dir = optarg;
			break;
		case 'n':
			*dry = 1;
			break;
		case 'w':
			g->ground.workloads = optarg;
			break;
		default:
			tool_usage(USAGE);
		}
	}
	if (optind != argc || !g->build || !g->device || !g->experiments ||
	    !g->ground.kernel_dir || !g->ground.workloads)
		tool_usage(USAGE);
	if (strcmp(g->device, "cpu") != 0 && strcmp(g->device, "cuda") != 0)
		errx(EXIT_TROUBLE, "%s: want a device: cpu or cuda", g->device);
}

int main(int argc, char *argv[])
{
	static struct request g;
	struct prompt p;
	int dry = 0, status = EXIT_YES;
	struct fault f;

	tool_start();
	parse(argc, argv, &g, &dry);
	if (!dry && experiments_lock(g.experiments, &f) < 0)
		die(&f);
	load(&g);
	if (dry) {
		p = ask(&g);
		printf("%s\n%s", p.system, p.user);
		prompt_free(&p);
	} else {
		status = go_on(&g);
	}
	incumbent_free(&g.ground.incumbent);
	build_free(&g.ground.build);
	ledger_free(&g.ledger);
	return status;
}
