/* ledger_chain - how fast each entry is, over the links to its incumbent */
#include "ledger.h"
#include "verdict.h"

#include <math.h>
#include <string.h>

static int is(const struct ledger_entry *e, const char *outcome)
{
	return strcmp(e->outcome, outcome) == 0;
}

/* The speed of code that was timed under another number. */
static double same_code(const struct ledger *l, const struct link *link,
                        size_t i)
{
	const struct ledger_entry *e = &l->item[i];

	for (size_t j = 0; j < i && e->object[0]; j++)
		if (link[j].root == link[i].root && !isnan(link[j].y) &&
		    strcmp(l->item[j].object, e->object) == 0)
			return link[j].y;
	return NAN;
}

static void place(const struct ledger *l, size_t i, long from,
                  struct link *link)
{
	const struct ledger_entry *e = &l->item[i];
	struct link *own = &link[i];

	*own = (struct link){from < 0 ? 0 : link[from].y,
	                     from < 0 ? -1 : link[from].root, from};
	if (is(e, OUTCOME_ADOPT)) {
		*own = (struct link){0, (long)i, from};
	} else if (is(e, OUTCOME_REVERT)) {
		/* as fast as what it goes back to */
	} else if (strcmp(e->experiment, "shipped") == 0) {
		*own = (struct link){0, -1, -1};
	} else if (!isnan(e->speedup) && e->speedup > 0) {
		own->y += log(e->speedup);
	} else if (strcmp(e->reason, REASON_DUPLICATE) == 0) {
		own->y = same_code(l, link, i);
	} else if (strcmp(e->outcome, OUTCOME_EQUIVALENT) != 0) {
		own->y = NAN;
	}
}

void ledger_chain(const struct ledger *l, struct link *out)
{
	const char *name = "shipped"; /* the last one looked up */
	long from = -1;

	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];
		const char *want =
		        is(e, OUTCOME_REVERT) ? e->experiment : e->incumbent;

		if (strcmp(want, name) != 0) {
			name = want;
			from = ledger_index(l, want, i);
		}
		place(l, i, from, out);
	}
}
