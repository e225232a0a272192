/* surface - what the points tried say about those not tried */
#include "surface.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A measured speed repeats only so well, whatever its interval says. */
#define NOISE_FLOOR 0.01

struct constants {
	double amplitude, main, pair, all; /* variances */
	double length;                     /* in steps between values */
};

struct surface {
	const struct knobs *knobs;
	struct constants c;
	size_t n;
	double mean;
	double near[MAX_KNOBS][MAX_KNOB_VALUES][MAX_KNOB_VALUES];
	struct point *p;
	double *lower; /* Cholesky factor of the covariance, n by n */
	double *alpha; /* covariance^-1 (y - mean) */
	double likelihood;
};

/* The place of a value among its knob's, in rising order; -1 if some value
 * is no number. */
static int place(const struct knob *k, int value)
{
	int below = 0;
	char *end;
	double x = strtod(k->value[value], &end);

	if (*end)
		return -1;
	for (int i = 0; i < k->nvalues; i++) {
		double y = strtod(k->value[i], &end);

		if (*end)
			return -1;
		below += y < x;
	}
	return below;
}

static void fill_near(struct surface *s)
{
	for (size_t i = 0; i < s->knobs->count; i++) {
		const struct knob *k = &s->knobs->item[i];

		for (int a = 0; a < k->nvalues; a++)
			for (int b = 0; b < k->nvalues; b++) {
				int pa = place(k, a), pb = place(k, b);
				double steps =
				        pa < 0 ? 2 * (a != b) : abs(pa - pb);

				s->near[i][a][b] = exp(-steps / s->c.length);
			}
	}
}

static double covariance(const struct surface *s, const int *a, const int *b)
{
	double n = (double)s->knobs->count, pairs = n * (n - 1) / 2;
	double sum = 0, squares = 0, product = 1, v;

	for (size_t i = 0; i < s->knobs->count; i++) {
		double near = s->near[i][a[i]][b[i]];

		sum += near;
		squares += near * near;
		product *= near;
	}
	v = s->c.main * sum / n + s->c.all * product;
	if (pairs > 0)
		v += s->c.pair * (sum * sum - squares) / 2 / pairs;
	return s->c.amplitude * v;
}

/* In place; returns the logarithm of the determinant's root. The noise on
 * the diagonal keeps it positive definite. */
static double cholesky(double *m, size_t n)
{
	double log_root = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j <= i; j++) {
			double sum = m[i * n + j];

			for (size_t k = 0; k < j; k++)
				sum -= m[i * n + k] * m[j * n + k];
			if (i == j) {
				m[i * n + i] = sqrt(fmax(sum, 1e-12));
				log_root += log(m[i * n + i]);
			} else {
				m[i * n + j] = sum / m[j * n + j];
			}
		}
	return log_root;
}

static void solve_lower(const double *m, size_t n, double *v)
{
	for (size_t i = 0; i < n; i++) {
		for (size_t k = 0; k < i; k++)
			v[i] -= m[i * n + k] * v[k];
		v[i] /= m[i * n + i];
	}
}

static void solve_upper(const double *m, size_t n, double *v)
{
	for (size_t i = n; i-- > 0;) {
		for (size_t k = i + 1; k < n; k++)
			v[i] -= m[k * n + i] * v[k];
		v[i] /= m[i * n + i];
	}
}

static void fit(struct surface *s)
{
	size_t n = s->n;
	double log_root;

	fill_near(s);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j <= i; j++)
			s->lower[i * n + j] =
			        covariance(s, s->p[i].x, s->p[j].x);
		s->lower[i * n + i] +=
		        s->p[i].sd * s->p[i].sd + NOISE_FLOOR * NOISE_FLOOR;
		s->alpha[i] = s->p[i].y - s->mean;
	}
	log_root = cholesky(s->lower, n);
	solve_lower(s->lower, n, s->alpha);
	s->likelihood = -log_root;
	for (size_t i = 0; i < n; i++)
		s->likelihood -= s->alpha[i] * s->alpha[i] / 2;
	solve_upper(s->lower, n, s->alpha);
}

static double variance(const struct surface *s)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += (s->p[i].y - s->mean) * (s->p[i].y - s->mean);
	return fmax(s->n ? sum / (double)s->n : 0, 0.01);
}

/* Tries the grid and keeps the most likely constants. */
static void search(struct surface *s)
{
	static const double share[][3] = {
	        {0.8, 0.15, 0.05}, {0.5, 0.35, 0.15}, {0.2, 0.4, 0.4}};
	static const double length[] = {1, 2.5, 6};
	static const double scale[] = {1, 3};
	double base = variance(s), best = -INFINITY;
	struct constants keep = {0};

	for (size_t i = 0; i < 3 * 3 * 2; i++) {
		const double *w = share[i % 3];

		s->c = (struct constants){scale[i / 9] * base, w[0], w[1], w[2],
		                          length[i / 3 % 3]};
		fit(s);
		if (s->likelihood > best) {
			best = s->likelihood;
			keep = s->c;
		}
	}
	s->c = keep;
	fit(s);
}

struct surface *surface_fit(const struct knobs *k, const struct point *p,
                            size_t n)
{
	struct surface *s = xcalloc(1, sizeof *s);
	size_t skip = n > SURFACE_POINTS ? n - SURFACE_POINTS : 0;

	s->knobs = k;
	s->n = n - skip;
	s->p = xcalloc(s->n, sizeof *s->p);
	memcpy(s->p, p + skip, s->n * sizeof *s->p);
	s->lower = xcalloc(s->n * s->n, sizeof(double));
	s->alpha = xcalloc(s->n, sizeof(double));
	for (size_t i = 0; i < s->n; i++)
		s->mean += s->p[i].y / (double)s->n;
	search(s);
	return s;
}

void surface_free(struct surface *s)
{
	if (!s)
		return;
	free(s->p);
	free(s->lower);
	free(s->alpha);
	free(s);
}

void surface_at(const struct surface *s, const int *x, double *mean, double *sd)
{
	double c[SURFACE_POINTS], v = covariance(s, x, x);

	*mean = s->mean;
	for (size_t i = 0; i < s->n; i++) {
		c[i] = covariance(s, x, s->p[i].x);
		*mean += c[i] * s->alpha[i];
	}
	solve_lower(s->lower, s->n, c);
	for (size_t i = 0; i < s->n; i++)
		v -= c[i] * c[i];
	*sd = sqrt(fmax(v, 0));
}

static double alone(const struct surface *s, size_t knob, int value)
{
	double sum = 0;

	for (size_t i = 0; i < s->n; i++)
		sum += s->near[knob][value][s->p[i].x[knob]] * s->alpha[i];
	return sum * s->c.amplitude * s->c.main / (double)s->knobs->count;
}

double surface_effect(const struct surface *s, size_t knob, int value)
{
	double mean = 0;
	int n = s->knobs->item[knob].nvalues;

	for (int i = 0; i < n; i++)
		mean += alone(s, knob, i) / n;
	return alone(s, knob, value) - mean;
}
