/* hypothesis - what an experiment was meant to show, in its proposer's words
 *
 * Of proposal.md the first line that begins with "HYPOTHESIS: ". It is a
 * stranger's text: here it becomes one bounded line of visible characters
 * without backticks, so that it can stand between two of them in Markdown and
 * be nothing but a quotation.
 */
#ifndef HYPOTHESIS_H
#define HYPOTHESIS_H

#include <stddef.h>

#define HYPOTHESIS_MAX 240 /* bytes, without the NUL */

/* Text made so: invisible characters and line breaks become spaces, backticks
 * apostrophes, bytes that are no text question marks. Caller frees. */
char *hypothesis_line(const char *text, size_t len);

/* An experiment's, or NULL where none is on file. Caller frees. */
char *hypothesis_of(const char *experiments, const char *experiment);

/* The same of the first line that begins with another field: "RISK: ". */
char *hypothesis_field(const char *experiments, const char *experiment,
                       const char *field);

#endif
