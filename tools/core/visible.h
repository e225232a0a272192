/* visible - a stranger's text that hides nothing
 *
 * What is no character that shows as itself (utf8.h) is written byte by byte
 * as \x1b. Where a backtick or a table's bar would do harm, see plain.h.
 */
#ifndef VISIBLE_H
#define VISIBLE_H

#include <stddef.h>

/* One line, for a message: a newline is \n, a tab \t. A line of more than max
 * bytes ends in "...". Caller frees. */
char *visible_line(const char *text, size_t len, size_t max);

/* Lines: newlines and tabs stay, a carriage return before a newline is left
 * out. Caller frees. */
char *visible_text(const char *text);

#endif
