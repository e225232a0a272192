/* figure - the numbers that a text states, as far as digits show them */
#ifndef FIGURE_H
#define FIGURE_H

#include <stddef.h>

struct figure {
	const char *at;
	size_t len;
	double value;
	int digits; /* after the decimal point; below 0: of its powers of ten */
	int is_claim; /* it has a point, an exponent, a percent sign or a unit
	               */
};

/* The length of the word (letter or '_', then also digits) that begins at p,
 * 0 if none does. */
size_t word_length(const char *p, const char *end);

/* Reads the number that begins at p. Returns 0, or -1 if none does. */
int figure_read(const char *p, const char *end, struct figure *out);

/* x is what the figure says, to the digits that it is written with. */
int figure_is(const struct figure *f, double x);

/* The values of all numbers that a prompt states in the program's own words,
 * or in blocks of records that quote() made: not in `backticks`, in indented
 * blocks, or in those of sources and of what programs printed, where others
 * speak. Caller frees. */
double *figures_of(const char *text, size_t *count);

#endif
