/* simulate - error rates of the comparison on made-up measurements
 *
 * Each world is a kind of noise. Many judgements of a candidate whose true
 * speedup is known, looks and confirmation included: what is said of it? Seeds
 * are fixed, so that the table is the same everywhere.
 */
#include "comparison.h"
#include "memory.h"
#include "random.h"
#include "stats.h"
#include "tool.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORKLOADS 4
#define PAIRS 3

/* Everything is a standard deviation of ln(time), but for what is said. */
struct world {
	const char *name;
	double process; /* between processes, pages and addresses */
	double uneven;  /* the same, for one workload in one process */
	double noise;   /* between slots */
	double memory;  /* correlation of one slot's noise with the last */
	double drift;   /* of the machine over eight processes */
	double spikes;  /* share of slots that something interrupts */
	double tail;    /* mean length of an interruption, in ln(time) */
	double lame;    /* share of processes that are 3 % slow */
};

/* The second: 5 us kernels on an H200 differed by 65 ns from launcher to
 * launcher, one workload by as much again, and calls by 3 %, of which a slot
 * has 32. */
static const struct world worlds[] = {
        {"quiet GPU", 0.001, 0.001, 0.002, 0, 0, 0, 0, 0},
        {"GPU, 5 us", 0.012, 0.009, 0.006, 0, 0, 0, 0, 0},
        {"process noise", 0.01, 0.005, 0.002, 0, 0, 0, 0, 0},
        {"drift", 0.003, 0.002, 0.003, 0, 0.1, 0, 0, 0},
        {"autocorrelation", 0.003, 0.002, 0.006, 0.9, 0.02, 0, 0, 0},
        {"heavy tails", 0.003, 0.002, 0.003, 0, 0, 0.05, 0.2, 0},
        {"mixture", 0.003, 0.002, 0.003, 0, 0, 0, 0, 0.1},
        {"busy desktop", 0.006, 0.004, 0.008, 0.6, 0.03, 0.03, 0.1, 0},
        {"delays", 0.004, 0.003, 0.002, 0, 0, 1, 0.1, 0},
};

/* How much is measured. */
struct plan {
	int processes, pairs;
};

static uint64_t judgement; /* the stream of random numbers */
static uint64_t drawn;

static double uniform(void)
{
	return (random_word(42, judgement, drawn++) + 0.5) / 4294967296.0;
}

static double normal(void)
{
	return (double)random_normal(random_word(42, judgement, drawn++));
}

/* The three slots of a pair, in random order. */
static void add_pair(struct samples *s, const struct world *w, int process,
                     int pair, int workload, const double *place,
                     double *memory, double speedup)
{
	int turn = (int)(uniform() * 6), order[SIDE_COUNT] = {0, 1, 2};
	int first = turn % 3, other = turn / 3;
	double machine = w->drift * (process - 1 + (double)pair / PAIRS) / 8;

	order[0] = first;
	order[1] = (first + 1 + other) % 3;
	order[2] = (first + 2 - other) % 3;
	for (int i = 0; i < SIDE_COUNT; i++) {
		struct sample r = {.phase = "bench",
		                   .process = process,
		                   .pair = pair,
		                   .side = (enum side)order[i],
		                   .mode = "cold",
		                   .calls = 4,
		                   .status = "ok"};
		double x = log(4 * 20000.0 * (workload + 1)) + machine +
		           place[r.side];

		*memory = w->memory * *memory +
		          sqrt(1 - w->memory * w->memory) * normal();
		x += w->noise * *memory;
		if (uniform() < w->spikes)
			x -= w->tail * log(uniform());
		if (r.side == CANDIDATE)
			x -= log(speedup);
		snprintf(r.workload, sizeof r.workload, "w%d", workload);
		r.time_ns = r.wall_ns = llround(exp(x));
		samples_add(s, &r);
	}
}

static void add_process(struct samples *s, const struct world *w, int process,
                        int pairs, double *memory, double speedup)
{
	double side[SIDE_COUNT], place[WORKLOADS][SIDE_COUNT];

	for (int i = 0; i < SIDE_COUNT; i++) {
		side[i] = w->process * normal();
		if (uniform() < w->lame)
			side[i] += 0.03;
	}
	for (int i = 0; i < WORKLOADS * SIDE_COUNT; i++)
		place[i / SIDE_COUNT][i % SIDE_COUNT] =
		        side[i % SIDE_COUNT] + w->uneven * normal();
	for (int pair = 1; pair <= pairs; pair++)
		for (int k = 0; k < WORKLOADS; k++)
			add_pair(s, w, process, pair, k, place[k], memory,
			         speedup);
}

static void compare(const struct samples *s, struct comparison *c)
{
	struct settings settings = {.count = 0};
	struct fault f;

	if (comparison_make("made up", s, &settings, c, &f))
		errx(EXIT_TROUBLE, "%s", f.text);
}

/* One measurement, as judge_bench.c makes it; adds to *used processes. */
static enum decision measure(const struct world *w, struct plan plan,
                             double speedup, double *used)
{
	struct samples s = {0};
	enum decision decision = DECISION_NONE;
	double memory = 0;
	int stop = 0;

	for (int process = 1; process <= plan.processes && !stop; process++) {
		struct comparison c;

		add_process(&s, w, process, plan.pairs, &memory, speedup);
		*used += 1;
		if (!comparison_is_look(process) && process != plan.processes)
			continue;
		compare(&s, &c);
		stop = comparison_is_settled(&c);
		decision = c.decision;
		comparison_free(&c);
	}
	samples_free(&s);
	return decision;
}

/* A judgement: better twice is an accept. */
static void judge(const struct world *w, struct plan plan, double change,
                  int count)
{
	int said[DECISION_NOISY + 1] = {0}, better = 0;
	double used = 0, percent = 100.0 / count;

	for (int i = 0; i < count; i++) {
		enum decision d;

		judgement++;
		drawn = 0;
		d = measure(w, plan, 1 + change, &used);
		if (d == DECISION_BETTER) {
			better++;
			d = measure(w, plan, 1 + change, &used);
		}
		said[d]++;
	}
	printf("%s\t%d\t%.1f\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t%.1f\n",
	       w->name, plan.processes, 100 * change, count, percent * better,
	       percent * said[DECISION_BETTER],
	       percent * said[DECISION_EQUIVALENT],
	       percent * said[DECISION_NOISY],
	       percent * (said[DECISION_SLOWER] + said[DECISION_REGRESSED]),
	       used / count);
	fflush(stdout);
}

static void print_errors(int count)
{
	const double change[] = {0, 0.005, 0.01, 0.015, 0.02, 0.05};
	const struct plan plan[] = {{8, PAIRS}, {16, PAIRS}, {48, PAIRS}};

	printf("world\tprocesses\tchange\tjudgements\tbetter_once\taccept\t"
	       "equivalent\tnoisy\tslower\tprocesses_used\n");
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++)
		for (size_t p = 0; p < 3; p++)
			for (size_t k = 0; k < 6; k++)
				judge(&worlds[i], plan[p], change[k],
				      k ? count / 10 : count);
}

/* What a judge would say that takes every pair for a number of its own. */
static int is_better_by_pairs(const struct samples *s)
{
	double *d = xcalloc(s->count, sizeof *d), low;
	size_t n = 0;

	for (size_t i = 0; i < s->count; i += SIDE_COUNT) {
		double ln[SIDE_COUNT];

		for (size_t k = i; k < i + SIDE_COUNT; k++)
			ln[s->row[k].side] = log((double)s->row[k].time_ns);
		d[n++] = ln[INCUMBENT] - ln[CANDIDATE];
	}
	low = mean(d, n) - 2.326 * sd(d, n) / sqrt((double)n);
	free(d);
	return low > log(1.005);
}

/* One measurement without looks of no difference at all: the share that is
 * found better, by process and by pair. */
static void print_choices(int count)
{
	const struct plan plan[] = {{3, 8}, {8, 3}, {24, 1}};

	printf("world\tprocesses\tpairs\tjudgements\tbetter_by_process\t"
	       "better_by_pair\n");
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++)
		for (size_t p = 0; p < 3; p++) {
			int by_process = 0, by_pair = 0;

			for (int k = 0; k < count; k++) {
				struct samples s = {0};
				struct comparison c;
				double memory = 0;

				judgement++;
				drawn = 0;
				for (int n = 1; n <= plan[p].processes; n++)
					add_process(&s, &worlds[i], n,
					            plan[p].pairs, &memory, 1);
				compare(&s, &c);
				by_process += c.all.low > 1 + c.min_effect;
				by_pair += is_better_by_pairs(&s);
				comparison_free(&c);
				samples_free(&s);
			}
			printf("%s\t%d\t%d\t%d\t%.2f\t%.2f\n", worlds[i].name,
			       plan[p].processes, plan[p].pairs, count,
			       100.0 * by_process / count,
			       100.0 * by_pair / count);
			fflush(stdout);
		}
}

int main(int argc, char **argv)
{
	int choices = 0, option, count = 1000;

	tool_start();
	while ((option = getopt(argc, argv, "c")) != -1)
		if (option == 'c')
			choices = 1;
		else
			tool_usage("simulate [-c] [judgements]");
	if (optind < argc)
		count = atoi(argv[optind]);
	if (argc > optind + 1 || count < 20)
		tool_usage("simulate [-c] [judgements]");
	if (choices)
		print_choices(count);
	else
		print_errors(count);
	return EXIT_YES;
}
