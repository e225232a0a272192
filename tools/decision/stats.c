/* stats - the little statistics that a judgement needs */
#include "stats.h"

#include "memory.h"

#include <math.h>
#include <stdlib.h>

double mean(const double *x, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += x[i];
	return n ? sum / (double)n : (double)NAN;
}

double sd(const double *x, size_t n)
{
	double m = mean(x, n), sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (x[i] - m) * (x[i] - m);
	return n > 1 ? sqrt(sum / (double)(n - 1)) : (double)NAN;
}

static int compare_doubles(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double median(double *x, size_t n)
{
	if (!n)
		return (double)NAN;
	qsort(x, n, sizeof *x, compare_doubles);
	return n % 2 ? x[n / 2] : (x[n / 2 - 1] + x[n / 2]) / 2;
}

/* The continued fraction of the incomplete beta function (DLMF 8.17.22),
 * evaluated by Lentz's method. Converges fast for x < (a+1) / (a+b+2). */
static double beta_fraction(double a, double b, double x)
{
	const double tiny = 1e-300;
	double c = 1, d = 1 - (a + b) * x / (a + 1), h;

	d = 1 / (fabs(d) < tiny ? tiny : d);
	h = d;
	for (int m = 1; m <= 500; m++) {
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
		             ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 + even * d;
		c = 1 + even / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		h *= d * c;
		d = 1 + odd * d;
		c = 1 + odd / c;
		d = 1 / (fabs(d) < tiny ? tiny : d);
		c = fabs(c) < tiny ? tiny : c;
		step = d * c;
		h *= step;
		if (fabs(step - 1) < 1e-16)
			break;
	}
	return h;
}

/* The regularized incomplete beta function I_x(a, b); y is 1 - x, given apart
 * because it may be too small to be had by subtraction. */
static double beta_regular(double a, double b, double x, double y)
{
	double front;

	if (x <= 0)
		return 0;
	if (y <= 0)
		return 1;
	front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) +
	            b * log(y));
	if (x < (a + 1) / (a + b + 2))
		return front * beta_fraction(a, b, x) / a;
	return 1 - front * beta_fraction(b, a, y) / b;
}

double t_cdf(double t, double df)
{
	double tail;

	if (isnan(t))
		return t;
	if (isinf(t))
		return t > 0;
	tail = beta_regular(df / 2, 0.5, df / (df + t * t),
	                    t * t / (df + t * t)) /
	       2;
	return t > 0 ? 1 - tail : tail;
}

/* By bisection on the tail, which keeps its precision where 1 - tail has
 * none, until no number is left between the ends. */
double t_quantile(double p, double df)
{
	double tail = p < 0.5 ? p : 1 - p, low = 0, high = 1, middle;

	while (t_cdf(-high, df) > tail)
		high *= 2;
	while ((middle = low + (high - low) / 2) > low && middle < high)
		if (t_cdf(-middle, df) > tail)
			low = middle;
		else
			high = middle;
	return p < 0.5 ? -high : high;
}

struct ranked {
	double p;
	size_t place;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return (x->p > y->p) - (x->p < y->p);
}

void holm(double *p, size_t n)
{
	struct ranked *order = xcalloc(n, sizeof *order);
	double worst = 0;

	for (size_t i = 0; i < n; i++)
		order[i] = (struct ranked){p[i], i};
	qsort(order, n, sizeof *order, compare_ranked);
	for (size_t i = 0; i < n; i++) {
		double adjusted = order[i].p * (double)(n - i);

		worst = fmax(worst, fmin(adjusted, 1));
		p[order[i].place] = worst;
	}
	free(order);
}
