/* python - which interpreter PYTHON means */
#ifndef PYTHON_H
#define PYTHON_H

#include "fault.h"

/* The interpreter of PYTHON. That of a virtual environment is a link, and
 * knows by its path where it is; any other is shown to the jail from where it
 * really lies. Caller frees; NULL with the fault set. */
char *python_find(struct fault *f);

#endif
