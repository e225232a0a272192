/* attempt - one try to have a turn answered, as spend.jsonl knows it
 *
 * Its id is "exp_0007/code/2#3": conversation, turn, attempt, all from 1. A
 * killed try stays charged at its cap, and the next one has the next number.
 */
#ifndef ATTEMPT_H
#define ATTEMPT_H

#include "kind.h"

/* Reserves the next attempt at the turn that waits: EXIT_YES with *id set (the
 * caller frees it), EXIT_NO over a budget, EXIT_TROUBLE. what: "llm", "agent".
 */
int attempt_begin(const struct question *q, const char *what,
                  const struct amount *cap, char **id, struct fault *f);

/* Settles an attempt that did not end in the reply. */
int attempt_end(const struct question *q, const char *id,
                const struct amount *spent, struct fault *f);

/* Settles, if it was reserved and is not settled, the last attempt at a turn
 * (from 1) that is answered. */
int attempt_settle(const struct question *q, size_t turn,
                   const struct answer *a, struct fault *f);

/* ASK_LIMIT_S: seconds until an answer must be whole. -1 with the fault set. */
int attempt_limit(double *out, struct fault *f);

#endif
