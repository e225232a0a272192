/* number - a text that is a decimal number, and nothing else */
#ifndef NUMBER_H
#define NUMBER_H

#include <stdint.h>

/* Decimal digits, of number_read also with a point and an exponent: finite and
 * not negative. Return -1 for anything else. */
int number_read(const char *text, double *out);
int number_count(const char *text, int64_t *out);

#endif
