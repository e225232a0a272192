/* visible - a stranger's text as one line that hides nothing
 *
 * What is no character that shows as itself is written as \n, \t or, byte by
 * byte, as \x1b. A line of more than max bytes ends in "...".
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stddef.h>

/* Caller frees. */
char *visible_line(const char *text, size_t len, size_t max);

#endif
