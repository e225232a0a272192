/* pairs - slow source to fast source: what the accepted edits of a kernel were
 *
 * Shown to a model, working examples on the same kernel are worth more than
 * advice. A diff is a stranger's text: every line of it is indented, so that
 * it cannot leave its block, and what is not visible shows as '?'.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include "ledger.h"

/* The accepted edits of a device, the largest gain first, each as a heading
 * with its verdict, its hypothesis in backticks and its change.diff. At most
 * max bytes: a long diff is cut, and what has no room is left out. Accepts
 * whose change is not on file are passed over. "" where there are none. Caller
 * frees. */
char *pairs_text(const struct ledger *l, const char *experiments,
                 const char *device, size_t max);

#endif
