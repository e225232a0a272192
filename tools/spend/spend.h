/* spend - spend.jsonl: what a kernel's experiments cost
 *
 * A charge is reserved at the most that it can cost before anything is paid,
 * and settled at what it did cost. One that is not settled, since its process
 * was killed, stays charged at its cap. So the sum is never below the truth,
 * and a budget that holds for the sum holds. The file is a journal of its own
 * lock: any number of processes may charge at the same time.
 */
#ifndef SPEND_H
#define SPEND_H

#include "amount.h"
#include "fault.h"

#include <stddef.h>

struct charge {
	char *id;              /* "exp_0007/code/2#3": who, and which attempt */
	char *kind;            /* llm, agent, judge */
	char *at, *settled_at; /* instants; the second NULL while open */
	struct amount cap, spent;
};

struct spend {
	struct charge *item;
	size_t count;
};

/* Charges cap to id, if the budgets of the environment (budget.h) allow it, and
 * returns when that is on disk. 0; 1 over a budget, the fault says which; -1
 * trouble, also for an id that is there already. */
int spend_reserve(const char *path, const char *id, const char *kind,
                  const struct amount *cap, struct fault *f);

/* What id did cost, also if that is beyond its cap. The same once more changes
 * nothing; another amount is refused, but for a usd where none was known. */
int spend_settle(const char *path, const char *id, const struct amount *spent,
                 struct fault *f);

/* A missing file is empty. Returns -1 with the fault set. */
int spend_read(const char *path, struct spend *out, struct fault *f);
void spend_free(struct spend *s);

const struct charge *spend_find(const struct spend *s, const char *id);

/* The last attempt n that was charged as "ABOUT#n", 0 if there is none. */
int spend_attempts(const struct spend *s, const char *about);

/* 1 if a charge is of this experiment: its id begins with "EXPERIMENT/". */
int charge_is_of(const struct charge *c, const char *experiment);

struct total {
	struct amount charged; /* all; of usd only what is known */
	struct amount open;    /* the part that is not settled */
	size_t count, unsettled;
	const char *unpriced; /* the first id whose usd is unknown, or NULL */
};

/* experiment, kind: NULL for all. */
struct total spend_total(const struct spend *s, const char *experiment,
                         const char *kind);

#endif
