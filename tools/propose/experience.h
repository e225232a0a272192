/* experience - what the experiments of a kernel came to, for a prompt
 *
 * Words in these texts are strangers' in part: they are to be quoted.
 */
#ifndef EXPERIENCE_H
#define EXPERIENCE_H

#include "ledger.h"

/* A line an experiment of a device: the fastest and the last ones, at most 18
 * however long the ledger. "" where there are none. Caller frees. */
char *experience_table(const char *experiments, const char *device,
                       const struct ledger *l, const struct link *link);

/* Why the last failures failed: the verdict's detail. "" where there are
 * none. Caller frees. */
char *experience_failures(const char *experiments, const char *device,
                          const struct ledger *l);

#endif
