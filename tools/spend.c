/* spend - reserve, settle and sum up what a kernel's experiments cost
 *
 * The first word says what to do. A budget that does not allow it is exit 1.
 */
#include "spend.h"
#include "budget.h"
#include "forecast.h"
#include "job.h"
#include "memory.h"
#include "number.h"
#include "paid.h"
#include "settings.h"
#include "tool.h"
#include "variable.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct request {
	const char *experiments, *kind, *device, *settings, *iterations;
	char *path;  /* of spend.jsonl */
	char **word; /* what follows the verb */
};

static _Noreturn void usage(void)
{
	tool_usage("spend -e experiments [-d device] [-k kind] [-n iterations] "
	           "[-s settings] reserve|settle|run|total|check|forecast "
	           "[argument ...]");
}

static _Noreturn void die(const struct fault *f)
{
	errx(EXIT_TROUBLE, "%s", f->text);
}

/* 0, or an answer of no with its reason. */
static int answer(int status, const struct fault *f)
{
	if (status < 0)
		die(f);
	if (status > 0)
		warnx("%s", f->text);
	return status > 0 ? EXIT_NO : EXIT_YES;
}

static char *id_of(struct request *r)
{
	if (!*r->word)
		usage();
	return *r->word++;
}

/* The words that are amounts; at least one. */
static struct amount amounts(struct request *r)
{
	struct amount a = {0};
	struct fault f;
	int status = 1;

	for (; *r->word; r->word++) {
		status = amount_word(*r->word, &a, &f);
		if (status < 0)
			die(&f);
		if (status > 0)
			errx(EXIT_TROUBLE,
			     "%s: want usd=, tokens= or gpu_s= and a number",
			     *r->word);
	}
	if (status > 0)
		usage();
	return a;
}

/* The seconds of a judgement: BENCH_S, or the kernel's settings. */
static double judgement_seconds(const struct request *r)
{
	struct settings s;
	struct fault f;
	double seconds = 0;

	if (variable_number("BENCH_S", 1, 1e6, &seconds, &f))
		die(&f);
	if (seconds > 0)
		return seconds;
	if (!r->settings || !r->device)
		errx(EXIT_TROUBLE, "want gpu_s=, or -d device -s settings");
	if (settings_read(r->settings, r->device, kernel_settings_known, &s,
	                  &f) ||
	    job_seconds(&s, &seconds, &f))
		die(&f);
	settings_free(&s);
	return seconds;
}

static int reserve(struct request *r)
{
	const char *id = id_of(r);
	struct amount cap = amounts(r);
	struct fault f;

	if (!r->kind)
		usage();
	return answer(spend_reserve(r->path, id, r->kind, &cap, &f), &f);
}

static int settle(struct request *r)
{
	const char *id = id_of(r);
	struct amount spent = amounts(r);
	struct fault f;

	return answer(spend_settle(r->path, id, &spent, &f), &f);
}

static int run(struct request *r)
{
	const char *about = id_of(r);
	struct amount cap = {0};
	struct fault f;
	int status, result;

	if (*r->word && strncmp(*r->word, "gpu_s=", 6) == 0) {
		if (amount_word(*r->word++, &cap, &f))
			die(&f);
	} else {
		cap.gpu_s = judgement_seconds(r);
	}
	if (!r->kind || !*r->word || strcmp(*r->word, "--") != 0 || !*++r->word)
		usage();
	result = paid_run(r->path, about, r->kind, &cap, r->word, &status, &f);
	return result ? answer(result, &f) : status;
}

static void print_row(const struct spend *s, const char *experiment,
                      const char *kind)
{
	struct total t = spend_total(s, experiment, kind);

	printf("%s\t%zu\t%zu\t%.10g\t%lld\t%.10g\t%s\n", kind ? kind : "all",
	       t.count, t.unsettled, t.charged.usd, (long long)t.charged.tokens,
	       t.charged.gpu_s, t.unpriced ? t.unpriced : "-");
}

static void read_spend(const struct request *r, struct spend *s)
{
	struct fault f;

	if (spend_read(r->path, s, &f))
		die(&f);
}

static int total(struct request *r)
{
	static const char *const kind[] = {"llm", "agent", "judge", NULL};
	const char *experiment = *r->word ? *r->word++ : NULL;
	struct spend s;

	if (*r->word)
		usage();
	read_spend(r, &s);
	puts("kind\tcharges\tunsettled\tusd\ttokens\tgpu_s\tunpriced");
	for (size_t i = 0; i < 4; i++)
		print_row(&s, experiment, kind[i]);
	spend_free(&s);
	return EXIT_YES;
}

static int check(struct request *r)
{
	struct amount cap = {0}, budget;
	struct total t;
	struct spend s;
	struct fault f;
	int status;

	if (*r->word)
		cap = amounts(r);
	if (budget_read(&budget, &f))
		die(&f);
	read_spend(r, &s);
	t = spend_total(&s, NULL, NULL);
	status = answer(budget_allows(&budget, &t, &cap, &f), &f);
	spend_free(&s);
	return status;
}

static int forecast(struct request *r)
{
	char *path = xasprintf("%s/ledger.jsonl", r->experiments);
	struct ledger l;
	struct spend s;
	struct amount budget;
	struct fault f;
	struct forecast_ground g = {
	        .ledger = &l, .spend = &s, .budget = &budget};

	if (*r->word || !r->device)
		usage();
	if (!r->iterations || number_count(r->iterations, &g.iterations) ||
	    g.iterations < 1)
		errx(EXIT_TROUBLE, "want -n and a number of iterations");
	g.device = r->device;
	g.proposer = variable("PROPOSER") ? variable("PROPOSER") : "tune";
	g.model = variable("MODEL");
	g.base_url = strcmp(g.proposer, "openai")
	                     ? variable("ANTHROPIC_BASE_URL")
	                     : variable("OPENAI_BASE_URL");
	g.bench_s = judgement_seconds(r);
	if (budget_read(&budget, &f) || ledger_read(path, &l, &f))
		die(&f);
	read_spend(r, &s);
	if (forecast_print(stdout, &g, &f))
		die(&f);
	spend_free(&s);
	ledger_free(&l);
	free(path);
	return EXIT_YES;
}

/* Options stand before and after the verb, never after what follows it. */
static const char *parse(int argc, char *argv[], struct request *r)
{
	const char *verb = NULL;
	int c;

	for (;;) {
		while ((c = getopt(argc, argv, "+d:e:k:n:s:")) != -1) {
			if (c == 'd')
				r->device = optarg;
			else if (c == 'e')
				r->experiments = optarg;
			else if (c == 'k')
				r->kind = optarg;
			else if (c == 'n')
				r->iterations = optarg;
			else if (c == 's')
				r->settings = optarg;
			else
				usage();
		}
		if (verb || optind == argc)
			break;
		verb = argv[optind++];
	}
	r->word = argv + optind;
	return verb;
}

int main(int argc, char *argv[])
{
	static const struct {
		const char *name;
		int (*act)(struct request *);
	} verbs[] = {{"reserve", reserve}, {"settle", settle},
	             {"run", run},         {"total", total},
	             {"check", check},     {"forecast", forecast}};
	struct request r = {0};
	const char *verb;

	tool_start();
	verb = parse(argc, argv, &r);
	if (!verb || !r.experiments)
		usage();
	r.path = xasprintf("%s/spend.jsonl", r.experiments);
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		if (strcmp(verb, verbs[i].name) == 0) {
			int status = verbs[i].act(&r);

			free(r.path);
			return status;
		}
	}
	usage();
}
