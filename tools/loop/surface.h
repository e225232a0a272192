/* surface - what the points tried say about those not tried
 *
 * A Gaussian process over the knobs' values: the covariance of two points is
 * a sum of a part that each knob has alone (main effects), one of each pair
 * of knobs, and one of all together. Values that are numbers are near their
 * neighbours in order, others are merely equal or not. Its few constants are
 * the most likely of a small grid, so nothing here is random.
 */
#ifndef SURFACE_H
#define SURFACE_H

#include "knobs.h"

struct point {
	int x[MAX_KNOBS]; /* index of each knob's value */
	double y, sd;     /* what was seen there, and how surely */
};

struct surface;

/* At most SURFACE_POINTS points count: the last ones. k must outlive it. */
#define SURFACE_POINTS 120
struct surface *surface_fit(const struct knobs *k, const struct point *p,
                            size_t n);
void surface_free(struct surface *s);

/* What is expected at x, and its standard deviation. */
void surface_at(const struct surface *s, const int *x, double *mean,
                double *sd);

/* The part of it that one knob's value has alone, relative to the mean over
 * the knob's values. */
double surface_effect(const struct surface *s, size_t knob, int value);

#endif
