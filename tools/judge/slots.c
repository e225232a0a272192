/* slots - how many processes, pairs, and calls a slot, the time allows */
#include "slots.h"
#include "memory.h"
#include "session.h"

#include <stdlib.h>

#define SLOT_NS 2e6 /* what a slot should last */

/* A CPU is disturbed now and then. Its slots are short, and the time that is
 * left goes into more pairs, whose median decides. */
#define CPU_PAIRS 4   /* times as many as settings say, at most */
#define MAX_ROWS 1200 /* of bench.tsv, which is kept */
#define ENOUGH 24     /* processes that tell 1 % from nothing: whatever rows */
#define SPARE 0.85    /* of the time left, for what cannot be foreseen */
#define OTHER_MODES 2 /* pairs' worth of time at the end */

void slots_init(struct slots *s, const struct job *job)
{
	size_t count = job->workloads.count;

	*s = (struct slots){
	        .job = job, .processes = job->processes, .pairs = job->pairs};
	s->calls = xcalloc(count, sizeof *s->calls);
	s->call_s = xcalloc(count, sizeof *s->call_s);
	s->call_ns = xcalloc(count, sizeof *s->call_ns);
	s->fresh_s = xcalloc(count, sizeof *s->fresh_s);
	for (size_t w = 0; w < count; w++)
		s->calls[w] = 1;
}

void slots_free(struct slots *s)
{
	free(s->calls);
	free(s->call_s);
	free(s->call_ns);
	free(s->fresh_s);
}

/* The last one is the nearest to those that follow. */
void slots_ran(struct slots *s, double seconds)
{
	s->process_s = seconds;
}

/* The cheapest call seen is the nearest to later ones. */
void slots_saw(struct slots *s, size_t workload, double seconds, int64_t ns)
{
	double *call_s = &s->call_s[workload], *call_ns = &s->call_ns[workload];

	if (*call_s == 0 || seconds < *call_s)
		*call_s = seconds;
	if (*call_ns == 0 || (double)ns < *call_ns)
		*call_ns = (double)ns;
}

void slots_refreshed(struct slots *s, size_t workload, double seconds)
{
	double *fresh_s = &s->fresh_s[workload];

	if (*fresh_s == 0 || seconds < *fresh_s)
		*fresh_s = seconds;
}

static double pair_cost(const struct slots *s)
{
	double sum = 0;

	for (size_t w = 0; w < s->job->workloads.count; w++)
		sum += s->calls[w] *
		               (SIDE_COUNT * s->call_s[w] + s->fresh_s[w]) +
		       SIDE_COUNT * s->call_s[w] / SLOTS_A_PROBE;
	return sum;
}

/* What the plan takes after so many processes: the one at hand has started. */
static double cost(const struct slots *s, int done)
{
	int left = s->processes - done;

	return (left * s->pairs + OTHER_MODES) * pair_cost(s) +
	       (left - 1) * s->process_s;
}

static int wanted_calls(const struct slots *s, size_t workload)
{
	double calls = SLOT_NS / (s->call_ns[workload] + 1) + 1;
	/* Each call of a slot has values of its own. */
	int most = s->job->plain;

	return calls > most ? most : (int)calls;
}

static int at_least(int x, int least)
{
	return x > least ? x : least;
}

/* So many pairs, over all processes, are MAX_ROWS. */
static int most_pairs(const struct slots *s)
{
	return MAX_ROWS / (SIDE_COUNT * (int)s->job->workloads.count);
}

static void shorten(struct slots *s)
{
	for (size_t w = 0; w < s->job->workloads.count; w++) {
		if (s->calls[w] > 1)
			s->calls[w] /= 2;
	}
}

static int longest(const struct slots *s)
{
	int calls = 1;

	for (size_t w = 0; w < s->job->workloads.count; w++)
		calls = s->calls[w] > calls ? s->calls[w] : calls;
	return calls;
}

/* Uses the time that is left. */
static void extend(struct slots *s, int done, double left_s)
{
	const struct job *job = s->job;
	int rows = most_pairs(s);
	int processes = at_least(rows / s->pairs, ENOUGH);
	int fewest = s->processes;
	int pairs = job->is_cuda ? job->pairs : CPU_PAIRS * job->pairs;

	if (processes > job->max_processes)
		processes = job->max_processes;
	while (s->processes < processes && cost(s, done) <= left_s)
		s->processes++;
	if (cost(s, done) > left_s)
		s->processes = at_least(s->processes - 1, fewest);
	if (pairs > rows / s->processes)
		pairs = rows / s->processes;
	while (s->pairs < pairs && cost(s, done) <= left_s)
		s->pairs++;
	if (cost(s, done) > left_s)
		s->pairs = at_least(s->pairs - 1, 1);
}

/* On a GPU processes differ more than anything, and a pair of each tells
 * nearly as much as three: with many workloads the rows are for processes. */
static int first_pairs(const struct slots *s)
{
	int pairs = most_pairs(s) / s->job->max_processes;

	if (!s->job->is_cuda || pairs > s->job->pairs)
		return s->job->pairs;
	return at_least(pairs, 1);
}

void slots_plan(struct slots *s, int done, double left_s)
{
	s->processes = at_least(s->job->processes, done + 1);
	s->pairs = first_pairs(s);
	for (size_t w = 0; w < s->job->workloads.count; w++)
		s->calls[w] = wanted_calls(s, w);
	left_s *= SPARE;
	while (s->pairs > 1 && cost(s, done) > left_s)
		s->pairs--;
	while (longest(s) > 1 && cost(s, done) > left_s)
		shorten(s);
	extend(s, done, left_s);
}
