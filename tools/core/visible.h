/* visible - a stranger's text as one line that hides nothing
 *
 * Control characters, bytes that are no UTF-8, and characters that have no
 * look of their own or turn the direction of writing are written as \n, \x1b,
 * \u{202e}; a line of more than max bytes ends in "...".
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stddef.h>

/* Caller frees. */
char *visible_line(const char *text, size_t len, size_t max);

#endif
