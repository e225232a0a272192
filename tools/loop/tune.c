/* tune - which point of the knobs' space to try next */
#include "tune.h"
#include "memory.h"
#include "random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Points looked at for one choice, and trials that only spread. */
#define POOL 2000
#define SPREAD_TRIALS 3

struct pool {
	int (*x)[MAX_KNOBS];
	size_t count;
	uint64_t *taken; /* sorted numbers of the points tried */
	size_t ntaken;
};

static uint64_t number_of(const struct knobs *k, const int *x)
{
	uint64_t n = 0;

	for (size_t i = 0; i < k->count; i++)
		n = n * (uint64_t)k->item[i].nvalues + (uint64_t)x[i];
	return n;
}

static void point_of(const struct knobs *k, uint64_t n, int *x)
{
	for (size_t i = k->count; i-- > 0;) {
		x[i] = (int)(n % (uint64_t)k->item[i].nvalues);
		n /= (uint64_t)k->item[i].nvalues;
	}
}

static int by_number(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static void fill_taken(const struct knobs *k, const struct history *h,
                       struct pool *p)
{
	p->taken = xcalloc(h->count + 1, sizeof *p->taken);
	p->taken[p->ntaken++] = number_of(k, h->incumbent);
	for (size_t i = 0; i < h->count; i++)
		p->taken[p->ntaken++] = number_of(k, h->item[i].at.x);
	qsort(p->taken, p->ntaken, sizeof *p->taken, by_number);
}

static int is_taken(const struct pool *p, uint64_t n)
{
	return bsearch(&n, p->taken, p->ntaken, sizeof n, by_number) != NULL;
}

static void pool_add(const struct knobs *k, struct pool *p, uint64_t n)
{
	if (p->count < POOL && !is_taken(p, n))
		point_of(k, n, p->x[p->count++]);
}

/* All points that differ from x in one knob, then those in two. */
static void add_neighbours(const struct knobs *k, const int *x, struct pool *p)
{
	int y[MAX_KNOBS];

	memcpy(y, x, sizeof y);
	for (size_t i = 0; i < k->count; i++)
		for (y[i] = 0; y[i] < k->item[i].nvalues || (y[i] = x[i], 0);
		     y[i]++)
			if (y[i] != x[i])
				pool_add(k, p, number_of(k, y));
	for (size_t i = 0; i < k->count && p->count < POOL / 2; i++)
		for (size_t j = 0; j < i; j++) {
			int n = k->item[i].nvalues * k->item[j].nvalues;

			for (int v = 0; v < n; v++) {
				y[i] = v % k->item[i].nvalues;
				y[j] = v / k->item[i].nvalues;
				if (y[i] != x[i] && y[j] != x[j])
					pool_add(k, p, number_of(k, y));
			}
			y[i] = x[i];
			y[j] = x[j];
		}
}

/* The whole space where it is small; else the incumbent's neighbourhood and
 * points from all over. */
static void fill_pool(const struct knobs *k, const struct history *h,
                      uint64_t seed, struct pool *p)
{
	uint64_t points = knobs_points(k);

	p->x = xcalloc(POOL, sizeof *p->x);
	fill_taken(k, h, p);
	if (points > POOL) {
		add_neighbours(k, h->incumbent, p);
		for (uint64_t i = 0; i < POOL; i++) {
			struct random4 r = random_block(seed, 1, i);
			uint64_t n = (uint64_t)r.word[0] << 32 | r.word[1];

			pool_add(k, p, n % points);
		}
	}
	/* Few are left untried, or few there are: look at each in turn. */
	for (uint64_t n = 0; p->count < POOL && n < points; n++)
		if (points <= POOL || p->count == 0)
			pool_add(k, p, n);
		else
			break;
}

static double expected_gain(double mean, double sd, double best)
{
	double z;

	if (sd < 1e-9)
		return fmax(mean - best, 0);
	z = (mean - best) / sd;
	return (mean - best) * erfc(-z / sqrt(2)) / 2 +
	       sd * exp(-z * z / 2) / sqrt(8 * atan(1));
}

static struct surface *fit_speed(const struct knobs *k, const struct history *h,
                                 double *best, size_t *scored)
{
	struct point *p = xcalloc(h->count + 1, sizeof *p);
	struct surface *s;
	size_t n = 0;

	*best = h->incumbent_y;
	*scored = 0;
	for (size_t i = 0; i < h->count; i++) {
		*scored += h->item[i].kind == TRIAL_SCORED;
		if (h->item[i].kind == TRIAL_SCORED)
			p[n++] = h->item[i].at;
	}
	memcpy(p[n].x, h->incumbent, sizeof p[n].x);
	p[n++].y = h->incumbent_y;
	s = surface_fit(k, p, n);
	free(p);
	return s;
}

static struct surface *fit_refusal(const struct knobs *k,
                                   const struct history *h)
{
	struct point *p = xcalloc(h->count + 1, sizeof *p);
	struct surface *s = NULL;
	size_t n = 0, refused = 0;

	for (size_t i = 0; i < h->count; i++) {
		if (h->item[i].kind == TRIAL_SEEN)
			continue;
		p[n] = h->item[i].at;
		p[n].y = h->item[i].is_refused;
		p[n].sd = 0.1;
		refused += h->item[i].is_refused != 0;
		n++;
	}
	memcpy(p[n].x, h->incumbent, sizeof p[n].x);
	p[n++].sd = 0.1;
	if (refused)
		s = surface_fit(k, p, n);
	free(p);
	return s;
}

/* How far x is from the nearest point tried, in knobs that differ. */
static double distance(const struct knobs *k, const struct history *h,
                       const int *x)
{
	double least = (double)k->count;

	for (size_t i = 0; i <= h->count; i++) {
		const int *y = i < h->count ? h->item[i].at.x : h->incumbent;
		double differ = 0;

		for (size_t j = 0; j < k->count; j++)
			differ += x[j] != y[j];
		least = fmin(least, differ);
	}
	return least;
}

/* Far from what was tried, in speed's measure, which knows near values, and
 * in number of knobs, which also keeps away from the points that failed. */
static double spread(const struct knobs *k, const struct history *h,
                     const struct choice *c)
{
	return c->sd * fmin(distance(k, h, c->x), 3) * (1 - c->refusal);
}

static void judge(const struct surface *speed, const struct surface *refusal,
                  double best, struct choice *c)
{
	double mean, sd;

	c->refusal = 0;
	if (refusal) {
		surface_at(refusal, c->x, &mean, &sd);
		c->refusal = fmin(fmax(mean, 0), 0.98);
	}
	surface_at(speed, c->x, &c->mean, &c->sd);
	c->gain = expected_gain(c->mean, c->sd, best) * (1 - c->refusal);
}

int tune_choose(const struct knobs *k, const struct history *h, uint64_t seed,
                struct choice *out, struct surface **speed,
                struct surface **refusal)
{
	struct pool pool = {0};
	double best, most = -1;
	size_t scored;

	fill_pool(k, h, seed, &pool);
	*speed = fit_speed(k, h, &best, &scored);
	*refusal = fit_refusal(k, h);
	for (size_t i = 0; i < pool.count; i++) {
		struct choice c = {.is_spread = scored < SPREAD_TRIALS};
		double merit;

		memcpy(c.x, pool.x[i], sizeof c.x);
		judge(*speed, *refusal, best, &c);
		merit = c.is_spread ? spread(k, h, &c) : c.gain;
		/* Ties are broken at random, but the same way each time. */
		merit *= 1 + 1e-6 * random_word(seed, 2, i) / 4294967296.0;
		if (merit > most) {
			most = merit;
			*out = c;
		}
	}
	free(pool.x);
	free(pool.taken);
	return most < 0 ? -1 : 0;
}
