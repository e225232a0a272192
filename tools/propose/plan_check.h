/* plan_check - does a research plan say only what the records say?
 *
 * A plan is a model's text of two sections, "## Try" and "## Do not try", of
 * items: lines that begin with "- ". What stands outside of them is dropped.
 * The rules:
 *
 *   - an experiment that is named must exist, "exp_0007" as it is written;
 *   - a citation, "(exp_0007: slower 0.97 [0.96, 0.98])", must have the
 *     record's words (outcome, reason or both) and, where the record has a
 *     speedup, that speedup; an interval, if given, is the record's. Several
 *     are separated by "; ";
 *   - an item of "Do not try" cites at least one, of this device, and none
 *     that was accepted or adopted;
 *   - any other number with a decimal point, a percent sign or a unit must
 *     occur in the records that were shown (figures_of);
 *   - a number is the record's when that rounds to the digits written;
 *   - at most 12 items to try, 30 not to, 600 bytes each, visible UTF-8.
 *
 * This finds invented figures and failures, not every untruth: numbers in
 * words, and reasons, are the reader's to judge.
 */
#ifndef PLAN_CHECK_H
#define PLAN_CHECK_H

#include "ledger.h"

struct plan_records {
	const struct ledger *ledger;
	const char *device;
	const char *shown; /* the prompt that the plan answers */
};

/* Returns 0 with *plan, its two sections; or 1 with *wrong, a line "- ..." for
 * each claim that does not hold, bounded. Caller frees. */
int plan_check(const char *reply, size_t len, const struct plan_records *r,
               char **plan, char **wrong);

#endif
