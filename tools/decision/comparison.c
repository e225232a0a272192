/* comparison - is the candidate faster than the incumbent? From raw samples */
#include "comparison.h"

#include "memory.h"
#include "pairing.h"
#include "project.h"
#include "stats.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LEVEL 0.01        /* of every one-sided error */
#define LEVEL_LOOK 0.001  /* of a look before the last */
#define LEVEL_FIRST 0.005 /* of the first look, which finds only slower */
#define MIN_EFFECT 0.005  /* nothing smaller is worth a change */
#define GUARD 0.01

/* The interval whose ends each err with probability level. */
static void set_interval(struct estimate *e, double level)
{
	double n = e->processes, half = (double)INFINITY;

	if (n > 1)
		half = t_quantile(1 - level, n - 1) * e->spread / sqrt(n);
	e->low = e->ratio * exp(-half);
	e->high = e->ratio * exp(half);
}

/* Turns n numbers, one a process, into a ratio and its interval. */
static struct estimate estimate(const double *x, size_t n)
{
	struct estimate e = {.processes = (int)n,
	                     .ratio = exp(mean(x, n)),
	                     .spread = sd(x, n)};

	set_interval(&e, LEVEL);
	return e;
}

/* How likely a mean as low as this is if the truth is not below -guard. */
static double regression_p(const double *x, size_t n, double guard)
{
	double t;

	if (n < COMPARISON_LOOK)
		return 1;
	t = (mean(x, n) + log1p(guard)) / (sd(x, n) / sqrt((double)n));
	return isnan(t) ? 1 : t_cdf(t, (double)(n - 1));
}

/* Each deciding workload by itself, and the guard over all of them. */
static void cells_estimate(struct comparison *c, const struct pairing *w)
{
	double *x = xcalloc(w->count, sizeof *x);
	double *p = xcalloc(c->count, sizeof *p);
	size_t n = 0, block = 0, deciding = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct comparison_cell *cell = &c->cell[i];

		for (n = 0; block < w->count && w->block[block].cell == i;)
			x[n++] = w->block[block++].d;
		cell->estimate = estimate(x, n);
		if (cell->is_deciding)
			p[deciding++] = regression_p(x, n, cell->guard);
	}
	holm(p, deciding);
	deciding = 0;
	for (size_t i = 0; i < c->count; i++) {
		c->cell[i].p_regressed =
		        c->cell[i].is_deciding ? p[deciding++] : 1;
		c->cell[i].is_regressed = c->cell[i].p_regressed < LEVEL;
	}
	free(x);
	free(p);
}

static int compare_processes(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	if (x->process != y->process)
		return x->process < y->process ? -1 : 1;
	return (x->cell > y->cell) - (x->cell < y->cell);
}

/* The weighted mean of each process that has every deciding workload. Orders
 * the blocks anew. */
static void all_estimate(struct comparison *c, struct pairing *w)
{
	double *d = xcalloc(w->count, sizeof *d);
	double *a = xcalloc(w->count, sizeof *a);
	size_t n = 0, deciding = 0, i = 0;

	for (size_t k = 0; k < c->count; k++)
		deciding += (size_t)c->cell[k].is_deciding;
	qsort(w->block, w->count, sizeof *w->block, compare_processes);
	while (i < w->count) {
		int process = w->block[i].process;
		size_t have = 0;

		d[n] = a[n] = 0;
		for (; i < w->count && w->block[i].process == process; i++) {
			const struct comparison_cell *cell =
			        &c->cell[w->block[i].cell];

			have += (size_t)cell->is_deciding;
			d[n] += cell->weight * w->block[i].d;
			a[n] += cell->weight * w->block[i].a;
		}
		n += have == deciding && deciding;
	}
	c->all = estimate(d, n);
	c->aa = estimate(a, n);
	free(d);
	free(a);
}

/* The difference between two copies of the incumbent is bias only if it is
 * more than noise: noise is in the interval of the candidate already. */
static double bias(const struct estimate *aa)
{
	int shown = aa->processes >= COMPARISON_PROCESSES &&
	            (aa->low > 1 || aa->high < 1);

	return shown ? fabs(aa->ratio - 1) : 0;
}

static enum decision decide(const struct comparison *c)
{
	const struct estimate *e = &c->all;
	double edge = 1 + c->min_effect;
	int deciding = 0, regressed = 0, enough;

	for (size_t i = 0; i < c->count; i++) {
		deciding += c->cell[i].is_deciding;
		regressed += c->cell[i].is_regressed;
	}
	enough = e->processes >= COMPARISON_PROCESSES;
	if (!deciding)
		return DECISION_NONE;
	if (enough && !regressed && e->low >= 1 / edge && e->high <= edge)
		return DECISION_EQUIVALENT;
	if (e->processes >= COMPARISON_LOOK && e->high < 1)
		return DECISION_SLOWER;
	if (regressed)
		return DECISION_REGRESSED;
	if (enough && e->low > edge)
		return DECISION_BETTER;
	return DECISION_NOISY;
}

/* A number of this workload's own. */
static int own_number(const struct settings *settings, const char *name,
                      const struct comparison_cell *cell, double most,
                      double *out, struct fault *f)
{
	char *key = xasprintf("%s.%s", name, cell->workload);
	int failed = settings_number(settings, key, 0, most, out, f);

	free(key);
	return failed;
}

static int weights_read(const struct settings *settings, struct comparison *c,
                        struct fault *f)
{
	double sum = 0;
	int deciding = 0;

	for (size_t i = 0; i < c->count; i++) {
		struct comparison_cell *cell = &c->cell[i];

		if (!cell->is_deciding)
			continue;
		cell->weight = 1;
		cell->guard = c->guard;
		if (own_number(settings, "weight", cell, 1e6, &cell->weight,
		               f) ||
		    own_number(settings, "guard", cell, 1, &cell->guard, f))
			return -1;
		sum += cell->weight;
		deciding++;
	}
	if (!deciding)
		return 0;
	if (!(sum > 0))
		return fault_set(f, "%s: want a weight above 0",
		                 settings->path);
	for (size_t i = 0; i < c->count; i++)
		c->cell[i].weight /= sum;
	return 0;
}

static int rules_read(const struct settings *settings, struct comparison *c,
                      struct fault *f)
{
	const char *mode = settings_string(settings, "mode", "cold");

	if (strcmp(mode, "cold") && strcmp(mode, "warm") &&
	    strcmp(mode, "graph"))
		return fault_set(f,
		                 "%s: want mode to be cold, warm or graph, "
		                 "got '%s'",
		                 settings->path, mode);
	strcpy(c->mode, mode);
	/* A project's unit may be large, and its time_ns are billionths. */
	c->scale = is_project(settings) ? 1e6 : 1;
	c->digits = is_project(settings) ? 9 : 3;
	c->is_higher_better = !strcmp(
	        settings_string(settings, "direction", "lower"), "higher");
	c->min_effect = MIN_EFFECT;
	c->guard = GUARD;
	if (settings_number(settings, "min_effect", 0, 1, &c->min_effect, f) ||
	    settings_number(settings, "guard", 0, 1, &c->guard, f))
		return -1;
	c->min_effect = fmax(c->min_effect, MIN_EFFECT);
	return 0;
}

static int is_joint(const struct samples *s)
{
	char *version = samples_get_note(s, "judge_version");
	int is = version && strcmp(version, JUDGE_VERSION_JOINT) == 0;

	free(version);
	return is;
}

int comparison_make(const char *path, const struct samples *s,
                    const struct settings *settings, struct comparison *c,
                    struct fault *f)
{
	struct pairing pairing;

	*c = (struct comparison){.is_joint = is_joint(s)};
	if (rules_read(settings, c, f))
		return -1;
	if (pairing_make(path, s, c, &pairing, f) ||
	    weights_read(settings, c, f)) {
		pairing_free(&pairing);
		comparison_free(c);
		return -1;
	}
	for (size_t i = 0; i < c->count; i++)
		if (c->cell[i].is_deciding) {
			c->pairs += c->cell[i].pairs;
			c->dropped += c->cell[i].dropped;
		}
	cells_estimate(c, &pairing);
	all_estimate(c, &pairing);
	c->min_effect = fmax(c->min_effect, 2 * bias(&c->aa));
	c->decision = decide(c);
	pairing_free(&pairing);
	return 0;
}

void comparison_free(struct comparison *c)
{
	free(c->cell);
	*c = (struct comparison){0};
}

int comparison_is_look(int processes)
{
	return processes == COMPARISON_LOOK || processes == 8 ||
	       processes == 16 || processes == 32;
}

int comparison_is_settled(const struct comparison *c)
{
	int first = c->all.processes <= COMPARISON_LOOK, same;
	double level = first ? LEVEL_FIRST : LEVEL_LOOK;
	struct comparison strict = *c;

	if (c->decision == DECISION_NONE || c->decision == DECISION_NOISY ||
	    (first && c->decision != DECISION_SLOWER))
		return 0;
	strict.cell = xcalloc(c->count, sizeof *c->cell);
	set_interval(&strict.all, level);
	for (size_t i = 0; i < c->count; i++) {
		strict.cell[i] = c->cell[i];
		strict.cell[i].is_regressed = c->cell[i].p_regressed < level;
	}
	same = decide(&strict) == c->decision;
	free(strict.cell);
	return same;
}
