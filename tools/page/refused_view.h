/* refused_view - what rules against cheating refused */
#ifndef REFUSED_VIEW_H
#define REFUSED_VIEW_H

#include "history.h"

#include <stdio.h>

void refused_view(FILE *p, const struct history *h);

#endif
