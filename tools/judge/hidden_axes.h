/* hidden_axes - the ranges that settings give to axes, and draws from them */
#ifndef HIDDEN_AXES_H
#define HIDDEN_AXES_H

#include "settings.h"
#include "workload.h"

struct hidden_axis {
	enum { AXIS_KEPT, AXIS_DRAWN, AXIS_TIED } kind;
	int64_t lo, hi; /* AXIS_DRAWN, 1 at least */
	size_t to;      /* AXIS_TIED: which axis it follows, */
	int64_t plus;   /* by how much it is more */
};

struct hidden_axes {
	const struct definition *definition;
	struct hidden_axis *axis; /* one for each of the definition's */
	char *text; /* "M=1..512 N=1..64": the drawn ones; "" for none */
};

/* Reads `hidden.AXIS` of all axes. Returns -1 with the fault set and nothing to
 * free: no such axis, no range, a tie to what is not drawn. */
int hidden_axes_read(struct hidden_axes *x, const struct definition *d,
                     const struct settings *s, struct fault *f);
void hidden_axes_free(struct hidden_axes *x);

/* Draws one axis of shape number `number` into value[axis], if it is drawn at
 * all: 0 is the low end, 1 the high one, others something that code is easily
 * wrong about. how and where are random. */
void hidden_axes_draw(const struct hidden_axes *x, size_t axis, int number,
                      uint32_t how, uint32_t where, int64_t *value);

/* Sets the tied axes from the others. */
void hidden_axes_tie(const struct hidden_axes *x, int64_t *value);

/* Brings all drawn axes half way to their low ends; 0 if they are there. */
int hidden_axes_shrink(const struct hidden_axes *x, int64_t *value);

#endif
