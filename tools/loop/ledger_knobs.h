/* ledger_knobs - which values an experiment tried that its incumbent has not */
#ifndef LEDGER_KNOBS_H
#define LEDGER_KNOBS_H

#include "ledger.h"

#include <stdio.h>

/* "NAME=VALUE " of each knob of entry i that differs from the incumbent's; of
 * all where those are unknown. */
void ledger_print_knobs(FILE *p, const struct ledger *l, size_t i,
                        const struct link *link);

#endif
