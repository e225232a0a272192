/* sparkline - a row of numbers as a row of bars */
#ifndef SPARKLINE_H
#define SPARKLINE_H

#include <stddef.h>

/* The logarithms of values, all more than 0, as at most `width` bars of eight
 * heights, the last values where there are more: in UTF-8, or as the digits 1
 * to 8 in ASCII. Caller frees. */
char *sparkline(const double *value, size_t count, size_t width, int is_utf8);

#endif
