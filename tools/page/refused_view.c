/* refused_view - what rules against cheating refused */
#include "refused_view.h"
#include "experiment_view.h"
#include "html.h"

#include <string.h>

/* Work left out, moved or kept from before, or memory that is not a kernel's to
 * touch: what a cheat does. A bug may do it, too. */
static int is_foul(const char *reason)
{
	static const char *const foul[] = {
	        REASON_FLOOR,     REASON_CLOCK_MISMATCH, REASON_INPUT_MUTATED,
	        REASON_RED_ZONE,  REASON_DEVICE_STATE,   REASON_SCRATCH_DIRTY,
	        REASON_UNWRITTEN, REASON_FLAKY,          REASON_UNSUPPORTED};

	for (size_t i = 0; i < sizeof foul / sizeof *foul; i++)
		if (!strcmp(foul[i], reason))
			return 1;
	return 0;
}

void refused_view(FILE *p, const struct history *h)
{
	size_t shown = 0;

	fputs("<p>What a rule against cheating refused; a bug may look the "
	      "same. ratchet-judge(7) explains each word.</p>\n",
	      p);
	for (size_t i = 0; i < h->ledger.count; i++) {
		const struct ledger_entry *e = &h->ledger.item[i];
		const char *detail = json_string(
		        json_get(h->moment[i].verdict.document, "detail"));

		if (!is_foul(e->reason))
			continue;
		fputs(shown++ ? "<li>" : "<ul>\n<li>", p);
		experiment_link(p, h, e->experiment);
		fputs(" <code>", p);
		html(p, e->reason);
		fputs("</code> ", p);
		html(p, detail ? detail : "");
		fputs("</li>\n", p);
	}
	fputs(shown ? "</ul>\n" : "<p>Nothing was.</p>\n", p);
}
