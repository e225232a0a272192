/* quote - a stranger's text in a prompt: data that cannot pass for more
 *
 * Each line of it begins with "| ", between two fences of backticks that are
 * longer than any in the text, so that nothing in it can end its block or
 * stand where an instruction could. What cannot be seen is made visible
 * (visible_text).
 */
#ifndef QUOTE_H
#define QUOTE_H

#include <stddef.h>

/* Text of at most max bytes, as a block that ends in a newline; what is longer
 * loses its middle, with a line that says how much. The label is one of our
 * own. Caller frees. */
char *quote(const char *label, const char *text, size_t max);

/* The same, whole and without "| ", for a source that an edit must match. */
char *quote_source(const char *label, const char *text);

/* At most max bytes of a text as it is, its middle left out. Caller frees. */
char *quote_cut(const char *text, size_t max);

#endif
