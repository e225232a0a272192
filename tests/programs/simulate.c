/* simulate - error rates of the comparison on made-up measurements
 *
 * Each world is a kind of noise. Many judgements of a candidate whose true
 * speedup is known: how often is it accepted? Seeds are fixed, so that the
 * table is the same everywhere.
 */
#include "comparison.h"
#include "random.h"
#include "tool.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PROCESSES 8
#define PAIRS 3
#define WORKLOADS 4

/* Everything is a standard deviation of ln(time), but for what is said. */
struct world {
	const char *name;
	double process; /* between processes, pages and addresses */
	double uneven;  /* the same, for one workload in one process */
	double noise;   /* between slots */
	double memory;  /* correlation of one slot's noise with the last */
	double drift;   /* of the machine from the first to the last process */
	double spikes;  /* share of slots that something interrupts */
	double tail;    /* mean length of an interruption, in ln(time) */
};

static const struct world worlds[] = {
        {"quiet GPU", 0.001, 0.001, 0.002, 0, 0, 0, 0},
        {"process noise", 0.01, 0.005, 0.002, 0, 0, 0, 0},
        {"drift", 0.003, 0.002, 0.003, 0, 0.1, 0, 0},
        {"autocorrelation", 0.003, 0.002, 0.006, 0.9, 0.02, 0, 0},
        {"heavy tails", 0.003, 0.002, 0.003, 0, 0, 0.05, 0.2},
        {"busy desktop", 0.006, 0.004, 0.008, 0.6, 0.03, 0.03, 0.1},
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
	double machine =
	        w->drift * (process - 1 + (double)pair / PAIRS) / PROCESSES;

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

/* One measurement, early look included. */
static enum decision measure(const struct world *w, double speedup,
                             double *estimate)
{
	struct settings settings = {.count = 0};
	struct samples s = {0};
	struct comparison c;
	struct fault f;
	double memory = 0;
	enum decision decision = DECISION_NONE;

	for (int process = 1; process <= PROCESSES; process++) {
		double side[SIDE_COUNT], place[WORKLOADS][SIDE_COUNT];
		int stop;

		for (int i = 0; i < SIDE_COUNT; i++)
			side[i] = w->process * normal();
		for (int i = 0; i < WORKLOADS * SIDE_COUNT; i++)
			place[i / SIDE_COUNT][i % SIDE_COUNT] =
			        side[i % SIDE_COUNT] + w->uneven * normal();
		for (int pair = 1; pair <= PAIRS; pair++)
			for (int k = 0; k < WORKLOADS; k++)
				add_pair(&s, w, process, pair, k, place[k],
				         &memory, speedup);
		if (process != COMPARISON_LOOK && process != PROCESSES)
			continue;
		if (comparison_make("made up", &s, &settings, &c, &f))
			errx(EXIT_TROUBLE, "%s", f.text);
		stop = comparison_is_slower_early(&c);
		decision = c.decision;
		*estimate = c.all.ratio;
		comparison_free(&c);
		if (stop)
			break;
	}
	samples_free(&s);
	return decision;
}

/* Percent of count judgements that accept; *once: whose first measurement is
 * better; *slower: that reject as slower. */
static double accepted(const struct world *w, double speedup, int count,
                       double *once, double *slower)
{
	int accepts = 0, better = 0, losses = 0;
	double estimate;

	for (int i = 0; i < count; i++) {
		enum decision d;

		judgement++;
		drawn = 0;
		d = measure(w, speedup, &estimate);
		losses += d == DECISION_SLOWER;
		if (d != DECISION_BETTER)
			continue;
		better++;
		accepts += measure(w, speedup, &estimate) == DECISION_BETTER;
	}
	*once = 100.0 * better / count;
	*slower = 100.0 * losses / count;
	return 100.0 * accepts / count;
}

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 2000;
	const double speedups[] = {1.005, 1.01, 1.02, 1.05};

	tool_start();
	if (argc > 2 || count < 20)
		tool_usage("simulate [judgements]");
	printf("world\tfirst\taccept\tslower\t+0.5%%\t+1%%\t+2%%\t+5%%\n");
	for (size_t i = 0; i < sizeof worlds / sizeof *worlds; i++) {
		double once, slower, x;

		x = accepted(&worlds[i], 1, count, &once, &slower);
		printf("%s\t%.2f\t%.2f\t%.2f", worlds[i].name, once, x, slower);
		for (int k = 0; k < 4; k++)
			printf("\t%.1f", accepted(&worlds[i], speedups[k],
			                          count / 10, &once, &slower));
		printf("\n");
		fflush(stdout);
	}
	return EXIT_YES;
}
