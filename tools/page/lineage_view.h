/* lineage_view - the solutions that stood, one after the other */
#ifndef LINEAGE_VIEW_H
#define LINEAGE_VIEW_H

#include "history.h"

#include <stdio.h>

/* And what was tried on top of each, by outcome. */
void lineage_view(FILE *p, const struct history *h, const char *device);

/* What the judge refused that would have been a win by cheating, or is not
 * told apart from it. */
void refused_view(FILE *p, const struct history *h);

/* Experiments that are begun and not finished, and how far they came. */
void open_view(FILE *p, const struct history *h);

#endif
