/* html - text that others wrote, as HTML that is text and nothing else
 *
 * The five characters with a meaning are escaped, so that a text may stand in
 * an element or in a quoted attribute. What would hide or reorder what stands
 * around it, and bytes that are no UTF-8, are written as \x1b (see visible.h);
 * newlines and tabs stay.
 */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>
#include <stdio.h>

void html_text(FILE *p, const char *text, size_t len);
void html(FILE *p, const char *text);

/* The first max lines of a text. Returns how many more there are. */
size_t html_lines(FILE *p, const char *text, size_t len, size_t max);

/* A line like "12 more lines in exp_0007/build.log"; nothing where none is. */
void html_more(FILE *p, size_t more, const char *what, const char *folder,
               const char *file);

/* A kernel's name, which may wrap after an underscore. */
void html_name(FILE *p, const char *name);

/* An element with a text in it. */
void html_element(FILE *p, const char *tag, const char *text);

/* Tables scroll in a box of their own, which a keyboard can reach. */
void html_table_begin(FILE *p, const char *id, const char *label);
void html_table_end(FILE *p);

/* A column's head. An initial '#' of its text says that cells are numbers. */
void html_columns(FILE *p, const char *const *name, size_t count);

/* Cells of numbers; "-" for NAN. */
void html_number(FILE *p, double x, int digits);
void html_number_cell(FILE *p, double x, int digits);

/* A time in microseconds, four digits: "4.382", "1204". */
void html_us(FILE *p, double us);

/* "1.028 [1.013, 1.043]". */
void html_speedup(FILE *p, double x, double low, double high);

#endif
