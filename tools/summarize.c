/* summarize - summary.md, LESSONS.md and the status, from the ledger alone
 *
 * Both pages are views: they can be thrown away and made again.
 */
#include "account.h"
#include "budget.h"
#include "claim.h"
#include "file.h"
#include "ledger.h"
#include "ledger_knobs.h"
#include "lessons.h"
#include "memory.h"
#include "number.h"
#include "spend.h"
#include "tool.h"
#include "verdict.h"

#include <dirent.h>
#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define USAGE "summarize [-s | -u speedup -d device] -e experiments"
#define LAST_SHOWN 5

/* The last name of a path. */
static const char *kernel_name(const char *experiments)
{
	const char *slash = strrchr(experiments, '/');

	return slash ? slash + 1 : experiments;
}

static void print_speed(FILE *p, const struct ledger_entry *e)
{
	if (isnan(e->speedup))
		fputc('-', p);
	else
		fprintf(p, "%.3f", e->speedup);
	if (!isnan(e->ci_low) && !isnan(e->ci_high))
		fprintf(p, " [%.3f, %.3f]", e->ci_low, e->ci_high);
}

/* By whose word, where it is not the judge's alone. */
static void print_trust(FILE *p, const struct ledger *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->item[i].is_user_harness) {
			fputs("trust: user-harness: the project's own commands "
			      "say what is right, and how fast it is.\n\n",
			      p);
			return;
		}
}

static char *summary(const struct ledger *l, const struct link *link,
                     const char *kernel)
{
	char *page;
	size_t len;
	FILE *p = xmemstream(&page, &len);

	fprintf(p, "# %s: %zu records\n\n", kernel, l->count);
	print_trust(p, l);
	fprintf(p,
	        "Speedup is over the incumbent of its "
	        "time, with a 98 %% interval; \"of the start\" over\nwhere the "
	        "lineage began.\n\n"
	        "| experiment | device | proposer | outcome | reason | "
	        "incumbent | speedup | of the start | knobs |\n"
	        "|---|---|---|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];

		fprintf(p, "| %s | %s | %s | %s | %s | %s | ", e->experiment,
		        e->device, e->proposer, e->outcome, e->reason,
		        e->incumbent);
		print_speed(p, e);
		if (isnan(link[i].y))
			fputs(" | - | ", p);
		else
			fprintf(p, " | %.3f | ", exp(link[i].y));
		ledger_print_knobs(p, l, i, &link[i]);
		fputs("|\n", p);
	}
	fclose(p);
	return page;
}

static size_t count(const struct ledger *l, const char *device,
                    const char *outcome)
{
	size_t n = 0;

	for (size_t i = 0; i < l->count; i++)
		n += strcmp(l->item[i].device, device) == 0 &&
		     strcmp(l->item[i].outcome, outcome) == 0;
	return n;
}

static void print_device(const struct ledger *l, const struct link *link,
                         const char *device)
{
	const struct ledger_entry *last = ledger_baseline(l, device);
	size_t shown = 0, first = l->count;

	printf("%s: %zu accept, %zu reject, %zu equivalent, %zu noisy\n",
	       device, count(l, device, OUTCOME_ACCEPT),
	       count(l, device, OUTCOME_REJECT),
	       count(l, device, OUTCOME_EQUIVALENT),
	       count(l, device, OUTCOME_NOISY));
	if (!last)
		puts("  the shipped solution stands");
	else if (isnan(link[last - l->item].y))
		printf("  %s stands\n", last->experiment);
	else
		printf("  %s stands, %.3f times as fast as %s\n",
		       last->experiment, exp(link[last - l->item].y),
		       link[last - l->item].root < 0 ? "the shipped solution"
		                                     : "what was adopted last");
	while (first > 0 && shown < LAST_SHOWN)
		shown += strcmp(l->item[--first].device, device) == 0;
	for (size_t i = first; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];

		if (strcmp(e->device, device) != 0)
			continue;
		printf("  %s  %-10s %-18s ", e->experiment, e->outcome,
		       e->reason);
		print_speed(stdout, e);
		putchar('\n');
	}
}

/* Experiments that were claimed and not published. */
static void print_unfinished(const char *experiments)
{
	DIR *d = opendir(experiments);
	struct dirent *e;

	while (d && (e = readdir(d))) {
		char *page =
		        xasprintf("%s/%s/result.md", experiments, e->d_name);

		if (strncmp(e->d_name, "exp_", 4) == 0 && !file_exists(page))
			printf("unfinished: %s/%s\n", experiments, e->d_name);
		free(page);
	}
	if (d)
		closedir(d);
}

static void print_status(const struct ledger *l, const struct link *link,
                         const char *experiments)
{
	static const char *const device[] = {"cpu", "cuda"};
	int any = 0;

	printf("%s\n", kernel_name(experiments));
	for (size_t d = 0; d < 2; d++) {
		int has = 0;

		for (size_t i = 0; i < l->count && !has; i++)
			has = strcmp(l->item[i].device, device[d]) == 0;
		if (has)
			print_device(l, link, device[d]);
		any |= has;
	}
	print_trust(stdout, l);
	if (!any)
		puts("no experiments yet: make optimize, with the same "
		     "KERNEL=");
	print_unfinished(experiments);
}

static void write_page(const char *dir, const char *name, char *page)
{
	struct fault f;

	if (experiment_write(dir, name, page, strlen(page), &f))
		errx(EXIT_TROUBLE, "%s", f.text);
	free(page);
}

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

static void print_spend(const struct ledger *l, const struct link *link,
                        const char *experiments)
{
	char *path = xasprintf("%s/spend.jsonl", experiments);
	struct amount budget;
	struct spend s;
	struct fault f;

	if (budget_read(&budget, &f) || spend_read(path, &s, &f))
		die(&f);
	account_print(stdout, l, link, &s, &budget);
	spend_free(&s);
	free(path);
}

/* Is the incumbent of a device so many times as fast as what it began with? */
static int is_reached(const struct ledger *l, const struct link *link,
                      const char *device, const char *until)
{
	const struct ledger_entry *stands = ledger_baseline(l, device);
	double want, y = stands ? link[stands - l->item].y : 0;

	if (number_read(until, &want) || want <= 0)
		errx(EXIT_TROUBLE, "%s: want a speedup, more than 0", until);
	return exp(y) >= want; /* unknown: no */
}

static void write_pages(const struct ledger *l, const struct link *link,
                        const char *experiments)
{
	const char *kernel = kernel_name(experiments);

	write_page(experiments, "summary.md", summary(l, link, kernel));
	write_page(experiments, "LESSONS.md",
	           lessons_page(experiments, l, link, kernel));
}

int main(int argc, char *argv[])
{
	const char *experiments = NULL, *device = NULL, *until = NULL;
	struct ledger l;
	struct link *link;
	struct fault f;
	char *path;
	int c, status = 0, result = EXIT_YES;

	tool_start();
	while ((c = getopt(argc, argv, "d:e:su:")) != -1) {
		if (c == 'd')
			device = optarg;
		else if (c == 'e')
			experiments = optarg;
		else if (c == 's')
			status = 1;
		else if (c == 'u')
			until = optarg;
		else
			tool_usage(USAGE);
	}
	if (optind != argc || !experiments || !until != !device ||
	    (until && status))
		tool_usage(USAGE);
	if (!status && !until && experiments_lock(experiments, &f) < 0)
		die(&f);
	path = xasprintf("%s/ledger.jsonl", experiments);
	if (ledger_read(path, &l, &f))
		die(&f);
	free(path);
	link = xcalloc(l.count, sizeof *link);
	ledger_chain(&l, link);
	if (until) {
		result = is_reached(&l, link, device, until) ? EXIT_YES
		                                             : EXIT_NO;
	} else if (status) {
		print_status(&l, link, experiments);
		print_spend(&l, link, experiments);
	} else {
		write_pages(&l, link, experiments);
	}
	free(link);
	ledger_free(&l);
	return result;
}
