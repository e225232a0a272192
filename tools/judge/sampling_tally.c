/* sampling_tally - is what was drawn spread as the probabilities say? */
#include "sampling_tally.h"

#include <math.h>
#include <stdio.h>

#define ALLOWED 0.02
#define VIEWS 3
#define CHANCE 1e-4 /* of being off, before it is divided among all looks */

void sampling_keep_place(struct sampling_tally *t, enum sampling_order order,
                         double place)
{
	struct sampling_places *p = &t->places[order];
	int bin = (int)(place * SAMPLING_BINS);

	p->bin[bin < SAMPLING_BINS ? bin : SAMPLING_BINS - 1]++;
	p->draws++;
}

void sampling_keep_bits(struct sampling_tally *t,
                        const double mass[SAMPLING_BITS], int64_t drawn)
{
	t->bits_draws++;
	for (int b = 0; b < SAMPLING_BITS; b++) {
		t->more[b] += (double)(drawn >> b & 1) - mass[b];
		t->variance[b] += mass[b] * (1 - mass[b]);
	}
}

int64_t sampling_draws(const struct sampling_tally *t)
{
	return t->places[BY_PROBABILITY].draws;
}

/* The largest distance between the places' distribution and the uniform one,
 * at the ends of bins. */
static double distance(const struct sampling_places *p)
{
	double most = 0, below = 0;

	for (int b = 0; b < SAMPLING_BINS; b++) {
		below += (double)p->bin[b];
		most = fmax(most, fabs(below / (double)p->draws -
		                       (b + 1) / (double)SAMPLING_BINS));
	}
	return most;
}

/* The logarithm of the chance that one of a view's figures has at one look:
 * each view has its part of CHANCE, and less with the square of n. */
static double log_chance(double n, int figures)
{
	return log(CHANCE / VIEWS / figures) - 2 * log(n);
}

/* By the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart. */
static double places_by_chance(double n)
{
	return sqrt((log(2) - log_chance(n, 1)) / (2 * n));
}

/* By Bernstein's inequality. */
static double bits_by_chance(double n, double variance)
{
	double l = log(2) - log_chance(n, SAMPLING_BITS);

	return (l / 3 + sqrt(l * l / 9 + 2 * l * variance)) / n;
}

static int look_at_places(const struct sampling_places *p, char *detail,
                          size_t len)
{
	double found = distance(p), chance = places_by_chance((double)p->draws);

	if (p->draws < SAMPLING_LEAST || found <= ALLOWED + chance)
		return 0;
	snprintf(detail, len,
	         "%lld draws are spread otherwise than the probabilities say: "
	         "%.3f off, of which chance makes %.3f (seed each process "
	         "anew; a GPU's plan keeps what the host drew)",
	         (long long)p->draws, found, chance);
	return -1;
}

static int look_at_bit(const struct sampling_tally *t, int b, char *detail,
                       size_t len)
{
	double n = (double)t->bits_draws, off = t->more[b] / n;
	double chance = bits_by_chance(n, t->variance[b]);

	if (n < SAMPLING_LEAST || fabs(off) <= ALLOWED + chance)
		return 0;
	snprintf(detail, len,
	         "%lld draws prefer indices with%s %lld: %.3f more often than "
	         "the probabilities say, of which chance makes %.3f (is all "
	         "of a row looked at?)",
	         (long long)t->bits_draws, off < 0 ? "out" : "",
	         (long long)1 << b, fabs(off), chance);
	return -1;
}

int sampling_look(const struct sampling_tally *t, char *detail, size_t len)
{
	int failed = 0;

	for (int o = 0; o < ORDER_COUNT && !failed; o++)
		failed = look_at_places(&t->places[o], detail, len);
	for (int b = 0; b < SAMPLING_BITS && !failed; b++)
		failed = look_at_bit(t, b, detail, len);
	return failed;
}
