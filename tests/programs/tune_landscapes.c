/* tune_landscapes - ten trials of tune beside a sweep and random choice
 *
 * usage: tune_landscapes. For each kind of landscape, over many instances,
 * prints the mean share of the best possible gain (as a logarithm) that each
 * way of searching has found after ten trials. Fails where tune is not well
 * ahead, or repeats a point.
 */
#include "memory.h"
#include "random.h"
#include "tune.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TRIALS 10
#define INSTANCES 40
#define KNOBS 5

enum kind { ADDITIVE, INTERACTING, FAILING, RIDGE, KINDS };
static const char *const kind_name[] = {"additive", "interacting", "failing",
                                        "ridge"};

static double uniform(uint64_t seed, uint64_t i)
{
	return random_word(seed, 9, i) / 4294967296.0;
}

static void make_knobs(struct knobs *k)
{
	static const int count[KNOBS] = {5, 4, 3, 2, 4};

	memset(k, 0, sizeof *k);
	k->count = KNOBS;
	for (int i = 0; i < KNOBS; i++) {
		sprintf(k->item[i].name, "K%d", i);
		k->item[i].nvalues = count[i];
		for (int v = 0; v < count[i]; v++)
			sprintf(k->item[i].value[v], "%d", 1 << v);
	}
}

/* One knob's curve: a peak somewhere, falling to both sides. */
static double curve(uint64_t seed, size_t knob, int value, int nvalues)
{
	double peak = uniform(seed, knob * 8) * (nvalues - 1);
	double height = 0.2 + 0.6 * uniform(seed, knob * 8 + 1);
	double off = (value - peak) / nvalues;

	return -height * 2 * off * off;
}

static int fails(enum kind kind, uint64_t seed, const int *x)
{
	if (kind != FAILING)
		return 0;
	return x[0] + x[1] >= 6 || (x[3] == 0 && x[4] == 3) ||
	       x[2] == (int)(3 * uniform(seed, 90));
}

/* The logarithm of the speed, without noise. */
static double speed(const struct knobs *k, enum kind kind, uint64_t seed,
                    const int *x)
{
	double y = 0;

	for (size_t i = 0; i < k->count; i++)
		y += curve(seed, i, x[i], k->item[i].nvalues);
	if (kind == INTERACTING) /* registers spill when both are large */
		y -= 0.25 * fmax(0, x[0] + x[1] + x[4] - 5);
	if (kind == RIDGE) /* two knobs must match */
		y -= 0.3 * abs(x[0] - x[1]);
	return y;
}

static uint64_t size_of(const struct knobs *k)
{
	return knobs_points(k);
}

static void point(const struct knobs *k, uint64_t n, int *x)
{
	for (size_t i = k->count; i-- > 0;) {
		x[i] = (int)(n % (uint64_t)k->item[i].nvalues);
		n /= (uint64_t)k->item[i].nvalues;
	}
}

static double best_of(const struct knobs *k, enum kind kind, uint64_t seed)
{
	double best = -INFINITY;
	int x[MAX_KNOBS];

	for (uint64_t n = 0; n < size_of(k); n++) {
		point(k, n, x);
		if (!fails(kind, seed, x))
			best = fmax(best, speed(k, kind, seed, x));
	}
	return best;
}

/* A poor start that works: the worst of eight points. */
static void start_of(const struct knobs *k, enum kind kind, uint64_t seed,
                     int *x)
{
	double worst = INFINITY;
	int y[MAX_KNOBS];

	for (uint64_t i = 0, found = 0; found < 8; i++) {
		point(k, random_word(seed, 5, i) % size_of(k), y);
		if (fails(kind, seed, y))
			continue;
		found++;
		if (speed(k, kind, seed, y) < worst) {
			worst = speed(k, kind, seed, y);
			memcpy(x, y, sizeof y);
		}
	}
}

static void next_by_tune(const struct knobs *k, const struct history *h,
                         uint64_t seed, int *x)
{
	struct surface *a, *b;
	struct choice c;

	if (tune_choose(k, h, seed, &c, &a, &b))
		errx(1, "space exhausted");
	for (size_t i = 0; i < h->count; i++)
		if (!memcmp(h->item[i].at.x, c.x, KNOBS * sizeof *x))
			errx(1, "a point was repeated");
	memcpy(x, c.x, sizeof c.x);
	surface_free(a);
	surface_free(b);
}

/* The share of the possible gain found. way: 0 tune, 1 sweep, 2 random. */
static double search(enum kind kind, uint64_t seed, int way)
{
	struct knobs k;
	struct trial trial[TRIALS] = {0};
	struct history h = {trial, 0, {0}, 0};
	double start, top;
	int x[MAX_KNOBS] = {0};

	make_knobs(&k);
	start_of(&k, kind, seed, h.incumbent);
	start = speed(&k, kind, seed, h.incumbent);
	top = best_of(&k, kind, seed);
	for (uint64_t t = 0; t < TRIALS; t++) {
		struct trial *now = &trial[h.count];

		if (way == 0)
			next_by_tune(&k, &h, seed + t, x);
		else
			point(&k,
			      way == 1 ? t
			               : random_word(seed, 6, t) % size_of(&k),
			      x);
		memcpy(now->at.x, x, sizeof x);
		now->is_refused = fails(kind, seed, x);
		now->kind = now->is_refused ? TRIAL_FAILED : TRIAL_SCORED;
		now->at.sd = 0.01;
		now->at.y = speed(&k, kind, seed, x) - start +
		            0.01 * random_normal(random_word(seed, 7, t));
		h.count++;
		if (now->kind == TRIAL_SCORED && now->at.y > h.incumbent_y) {
			h.incumbent_y = now->at.y;
			memcpy(h.incumbent, x, sizeof x);
		}
	}
	return (speed(&k, kind, seed, h.incumbent) - start) / (top - start);
}

int main(void)
{
	int failed = 0;

	printf("landscape    tune  sweep random\n");
	for (enum kind kind = 0; kind < KINDS; kind++) {
		double mean[3] = {0};

		for (uint64_t i = 0; i < INSTANCES; i++)
			for (int way = 0; way < 3; way++)
				mean[way] +=
				        search(kind, 1000 + i, way) / INSTANCES;
		printf("%-11s %5.2f  %5.2f  %5.2f\n", kind_name[kind], mean[0],
		       mean[1], mean[2]);
		failed |= mean[0] < 0.8 || mean[0] < mean[1] + 0.2 ||
		          mean[0] < mean[2] + 0.05;
	}
	return failed;
}
