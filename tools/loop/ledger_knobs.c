/* ledger_knobs - which values an experiment tried that its incumbent has not */
#include "ledger_knobs.h"

#include <string.h>

static const char *knob_value(const struct ledger_entry *e, const char *name)
{
	for (size_t i = 0; e && i < e->nknobs; i++)
		if (strcmp(e->knob[i].name, name) == 0)
			return e->knob[i].value;
	return NULL;
}

void ledger_print_knobs(FILE *p, const struct ledger *l, size_t i,
                        const struct link *link)
{
	const struct ledger_entry *e = &l->item[i], *old = NULL;

	if (link->incumbent >= 0)
		old = &l->item[link->incumbent];
	for (size_t k = 0; k < e->nknobs; k++) {
		const char *before = knob_value(old, e->knob[k].name);

		if (!before || strcmp(before, e->knob[k].value) != 0)
			fprintf(p, "%s=%s ", e->knob[k].name, e->knob[k].value);
	}
}
