/* stats - the little statistics that a judgement needs
 *
 * Plain double arithmetic without randomness: the same numbers in give the
 * same numbers out.
 */
#ifndef STATS_H
#define STATS_H

#include <stddef.h>

double mean(const double *x, size_t n); /* NAN for n 0 */
double sd(const double *x, size_t n);   /* of a sample; NAN below n 2 */
double median(double *x, size_t n);     /* sorts x; NAN for n 0 */

/* Student's t with df > 0 degrees of freedom: P(T <= t), and the t for which
 * that is p, 0 < p < 1. */
double t_cdf(double t, double df);
double t_quantile(double p, double df);

/* Holm's step-down: replaces n p-values by adjusted ones, so that rejecting
 * those below a level keeps the error over all of them below that level. */
void holm(double *p, size_t n);

#endif
