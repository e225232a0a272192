/* plain - a stranger's text as one short line of printable ASCII
 *
 * Names and remarks come from a candidate. In a page they stand between
 * backticks, and cannot end them: a backtick, a bar of a table and whatever is
 * not printable ASCII become '?'.
 */
#ifndef PLAIN_H
#define PLAIN_H

#include <stddef.h>

/* The first len bytes of text in at most max (4 or more) characters, the end
 * cut off with "...". Caller frees. */
char *plain(const char *text, size_t len, size_t max);

/* Cuts a page that is longer than max bytes after a whole line, and says so in
 * its last one; what is left is no longer than max. */
void plain_bound(char *page, size_t max);

#endif
