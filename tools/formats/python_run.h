/* python_run - what can be told of Python text with a function run, unparsed */
#ifndef PYTHON_RUN_H
#define PYTHON_RUN_H

#include "definition.h"

/* Behind the parenthesis of the first line that begins with "def run(", or
 * NULL. */
const char *python_run(const char *text);

/* A Solution of this one file, as JSON. run takes the definition's inputs and
 * returns its outputs, or takes these, too, and fills them: its parameters are
 * counted. What imports triton is in Triton. Returns NULL with the fault set;
 * caller frees it. */
char *python_run_solution(const char *path, const char *text,
                          const struct definition *d, const char *device,
                          struct fault *f);

#endif
