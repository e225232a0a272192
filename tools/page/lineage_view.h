/* lineage_view - the solutions that stood, one after the other */
#ifndef LINEAGE_VIEW_H
#define LINEAGE_VIEW_H

#include "history.h"

#include <stdio.h>

/* And what was tried on top of each, by outcome. */
void lineage_view(FILE *p, const struct history *h, const char *device);

#endif
