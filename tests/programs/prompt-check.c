/* prompt-check - the prompt of a kernel, as a proposer would send it
 *
 * usage: prompt-check [-c n] [-D direction] [-h hypothesis] [-p parent]
 *                     [-t tokens] WHAT DEVICE KERNEL EXPERIMENTS WORKLOADS
 *                     BUILD FACTS
 *        prompt-check -a WHAT: the next turn, with details from standard input
 *
 * WHAT is coder, planner or research; BUILD the incumbent's build.json, of
 * whatever source; FACTS a file that says what the device is. Prints the
 * system's part, the user's, and the table.
 */
#include "file.h"
#include "memory.h"
#include "prompt.h"
#include "tool.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static _Noreturn void usage(void)
{
	tool_usage("prompt-check [-a what] [-c n] [-D direction] "
	           "[-h hypothesis] [-t tokens] what device kernel "
	           "experiments workloads build facts");
}

static void print_again(const char *what)
{
	static char details[1 << 20];
	char *text;

	details[fread(details, 1, sizeof details - 1, stdin)] = '\0';
	text = prompt_again(what, details);
	fputs(text, stdout);
	free(text);
}

static void read_ground(struct ground *g, struct ledger *l, char **argument,
                        struct fault *f)
{
	char *path = xasprintf("%s/ledger.jsonl", argument[3]);

	g->device = argument[1];
	g->kernel_dir = argument[2];
	g->workloads = argument[4];
	if (ledger_read(path, l, f) ||
	    incumbent_read(g->kernel_dir, g->device, l, &g->incumbent, f) ||
	    build_read(argument[5], &g->build, f))
		errx(EXIT_TROUBLE, "%s", f->text);
	free(path);
}

int main(int argc, char *argv[])
{
	struct ground g = {0};
	struct ledger l;
	struct prompt_ground p = {.ground = &g, .ledger = &l};
	struct prompt out;
	struct fault f;
	char *facts;
	int c, failed, candidates = 1;

	tool_start();
	while ((c = getopt(argc, argv, "a:c:D:h:t:")) != -1) {
		switch (c) {
		case 'a':
			print_again(optarg);
			return EXIT_YES;
		case 'c':
			candidates = atoi(optarg);
			break;
		case 'D':
			p.direction = optarg;
			break;
		case 'h':
			p.hypothesis = optarg;
			break;
		case 't':
			p.tokens = atoi(optarg);
			break;
		default:
			usage();
		}
	}
	argv += optind;
	if (argc - optind != 7)
		usage();
	read_ground(&g, &l, argv, &f);
	p.experiments = argv[3];
	p.build = argv[5];
	facts = file_read(argv[6], SOURCE_MAX, NULL);
	if (!facts)
		err(EXIT_TROUBLE, "%s", argv[6]);
	p.facts = facts;
	failed = strcmp(argv[0], "planner") == 0
	                 ? prompt_planner(&p, candidates, &out, &f)
	         : strcmp(argv[0], "research") == 0
	                 ? prompt_research(&p, &out, &f)
	                 : prompt_coder(&p, &out, &f);
	if (failed)
		errx(EXIT_TROUBLE, "%s", f.text);
	printf("%s\n%s\n%s", out.system, out.user, out.dropped);
	printf("system\t%d\t%d\tkept\n", prompt_estimate(out.system),
	       prompt_estimate(out.system));
	prompt_free(&out);
	free(facts);
	incumbent_free(&g.incumbent);
	build_free(&g.build);
	ledger_free(&l);
	return EXIT_YES;
}
