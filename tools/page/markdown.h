/* markdown - the Markdown that this tree's programs write, as HTML
 *
 * Headings, lists, tables, indented and fenced blocks, and what stands between
 * backticks. Anything else is text: links and HTML of a stranger do nothing.
 */
#ifndef MARKDOWN_H
#define MARKDOWN_H

#include <stddef.h>
#include <stdio.h>

/* level: of the heading that "##" becomes; a first line with "#", which a page
 * has of its own, is left out. Shows max lines (0: all) and returns how many
 * more there are. */
size_t markdown(FILE *p, const char *text, size_t len, int level, size_t max);

#endif
