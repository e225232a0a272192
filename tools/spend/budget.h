/* budget - BUDGET_USD, BUDGET_TOKENS and BUDGET_GPU_S of the environment
 *
 * Each is for all that a kernel was ever charged, not for a run. One that is
 * not set, or empty, is endless.
 */
#ifndef BUDGET_H
#define BUDGET_H

#include "spend.h"

/* Returns -1 with the fault set, which names the variable. */
int budget_read(struct amount *out, struct fault *f);

/* Does cap fit beside what is charged? 0; 1 if not, the fault says which
 * budget; -1 if that cannot be said since a price is not known. */
int budget_allows(const struct amount *budget, const struct total *charged,
                  const struct amount *cap, struct fault *f);

#endif
