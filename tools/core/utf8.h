/* utf8 - is a stranger's text what it should be? */
#ifndef UTF8_H
#define UTF8_H

#include <stddef.h>

/* The length of the UTF-8 sequence that begins at at, or 0 if none does: at
 * overlong forms, surrogates and what lies beyond U+10FFFF too. */
size_t utf8_length(const char *at, const char *end);

/* The same of a character that shows as itself; 0 also for controls (newline
 * and tab among them) and for what hides or reorders text around it. */
size_t utf8_visible(const char *at, const char *end);

#endif
