/* statement - proposal.txt: what its author expects of a candidate */
#include "statement.h"
#include "memory.h"

int statement_read(const char *text, size_t len, const char *name,
                   struct reply *out, struct fault *why)
{
	struct fault line;

	if (reply_read_plans(text, len, 1, out, &line) == 0)
		return 0;
	return fault_set(why, "%s: %.400s", name, line.text);
}

char *statement_text(const struct reply *r)
{
	return xasprintf("HYPOTHESIS: %s\nMECHANISM: %s\nPREDICTS: %g\n"
	                 "RISK: %s\n",
	                 r->hypothesis, r->mechanism, r->predicts, r->risk);
}

char *statement_page(const struct reply *r)
{
	return xasprintf(
	        "HYPOTHESIS: %s\n\nMECHANISM: %s\n\nPREDICTS: %g times "
	        "as fast\n\nRISK: %s\n",
	        r->hypothesis, r->mechanism, r->predicts, r->risk);
}
