/* plot - best time against the number of the experiment, as SVG
 *
 * The time is on a logarithmic scale. Every entry of the ledger has its mark,
 * which differs in shape and not only in colour, with the interval of its
 * measurement; what has no time stands in a lane of its own below.
 */
#ifndef PLOT_H
#define PLOT_H

#include "history.h"

#include <stdio.h>

enum plot_kind {
	PLOT_IN_PAGE, /* marks are links to #exp_0007; styled by the page */
	PLOT_FILE,    /* a document of its own, for a README */
};

void plot(FILE *p, const struct history *h, const char *device,
          enum plot_kind kind);

#endif
