/* account - what a kernel has cost, what that bought, and what is left */
#ifndef ACCOUNT_H
#define ACCOUNT_H

#include "ledger.h"
#include "spend.h"

#include <stdio.h>

/* Some lines; none where nothing was spent and no budget is set. link: of
 * ledger_chain. */
void account_print(FILE *out, const struct ledger *l, const struct link *link,
                   const struct spend *s, const struct amount *budget);

#endif
