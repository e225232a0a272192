/* lessons - what the verdicts of a kernel say together, each fact cited */
#ifndef LESSONS_H
#define LESSONS_H

#include "ledger.h"

/* LESSONS.md: of each device the accepted steps, what each knob's values did,
 * and what failed; bounded, however long the ledger. Caller frees. */
char *lessons_page(const struct ledger *l, const struct link *link,
                   const char *kernel);

#endif
