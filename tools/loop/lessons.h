/* lessons - what the verdicts of a kernel say together, each fact cited
 *
 * Made from the ledger and the experiments' files, never stored: there is no
 * second account that could disagree with the records. Bounded, however long
 * the ledger, with the most useful first.
 */
#ifndef LESSONS_H
#define LESSONS_H

#include "ledger.h"

/* LESSONS.md. link is that of ledger_chain. Caller frees. */
char *lessons_page(const char *experiments, const struct ledger *l,
                   const struct link *link, const char *kernel);

/* The part of one device, "" where it has none: the ideas that were tried,
 * the accepted steps, what each knob's values did, and the failures by
 * reason. Caller frees. */
char *lessons_of(const char *experiments, const char *device,
                 const struct ledger *l, const struct link *link);

#endif
