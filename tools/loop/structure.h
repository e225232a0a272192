/* structure - what two sources share that differ in knobs' values alone
 *
 * A lesson holds for the structure that it was learned on. When the incumbent
 * gets another one, by an edit and not by a choice of values, what failed
 * before may work now; going back makes the old lessons hold again. Nothing
 * of this is stored: the sources are on file.
 */
#ifndef STRUCTURE_H
#define STRUCTURE_H

#include "ledger.h"

/* Fills is_older[0 .. l->count - 1]: the entry was measured on another
 * structure than that of the present incumbent. A baseline's own counts. An
 * entry of another device is older; so is one whose sources are lost. */
void structures_compare(const char *experiments, const char *device,
                        const struct ledger *l, const struct link *link,
                        unsigned char *is_older);

#endif
