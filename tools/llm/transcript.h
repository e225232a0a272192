/* transcript - replies of whole runs in one file, to be given again
 *
 * A line a reply: {"conversation", "turn", "system", "prompt", "reply"}, the
 * last as n.reply.json has it.
 */
#ifndef TRANSCRIPT_H
#define TRANSCRIPT_H

#include "kind.h"

/* Adds a turn's (from 1) answer, unless it is there. -1 with the fault set. */
int transcript_record(const struct question *q, size_t turn,
                      const struct answer *a, struct fault *f);

#endif
