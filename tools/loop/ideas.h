/* ideas - the hypotheses that were judged, each with its verdict
 *
 * A lesson is an experiment of the ledger: its number is the lesson's, its
 * hypothesis the statement, its verdict the evidence; the scope is its device
 * and the workloads of the verdict. Nothing of this is stored a second time.
 */
#ifndef IDEAS_H
#define IDEAS_H

#include "ledger.h"

#include <stdio.h>

/* The lessons of a device, most useful first: what was accepted, what failed
 * on the present structure, and what failed on an older one, which is open
 * again. is_older is that of structures_compare. At most 40 lines, whatever
 * the ledger's length. */
void ideas_print(FILE *p, const char *experiments, const char *device,
                 const struct ledger *l, const unsigned char *is_older);

#endif
