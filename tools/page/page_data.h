/* page_data - the numbers of a page as JSON in it, for its script and others */
#ifndef PAGE_DATA_H
#define PAGE_DATA_H

#include "history.h"

#include <stdio.h>

/* A <script type="application/json" id="data">: no text in it can end it. */
void page_data(FILE *p, const struct history *h);

#endif
