/* open_view - experiments that are begun and not finished */
#ifndef OPEN_VIEW_H
#define OPEN_VIEW_H

#include "history.h"

#include <stdio.h>

/* And how far they came; nothing where there is none. */
void open_view(FILE *p, const struct history *h);

#endif
