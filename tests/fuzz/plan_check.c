/* plan_check - fuzz entry: any bytes as a plan, and as what was shown
 *
 * A plan that holds, holds again and stays the same.
 */
#include "plan_check.h"
#include "input.h"
#include "memory.h"

#include <math.h>
#include <string.h>

static struct ledger_entry entry(const char *name, const char *outcome,
                                 const char *reason, double speedup)
{
	struct ledger_entry e = {.speedup = speedup,
	                         .ci_low = speedup - 0.01,
	                         .ci_high = speedup + 0.01};

	e.experiment = (char *)name;
	e.device = (char *)"cpu";
	e.outcome = (char *)outcome;
	e.reason = (char *)reason;
	return e;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ledger_entry item[] = {
	        entry("exp_0001", "reject", "slower", 0.97),
	        entry("exp_0002", "accept", "-", 1.15),
	        entry("exp_0003", "reject", "wrong", NAN)};
	const struct ledger ledger = {item, sizeof item / sizeof *item};
	char *reply = xcalloc(size + 2, 1);
	struct plan_records r = {&ledger, "cpu", NULL};
	char *plan, *wrong, *again;

	memcpy(reply, data, size);
	r.shown = reply + strlen(reply) + (strlen(reply) < size);
	if (plan_check(reply, strlen(reply), &r, &plan, &wrong) == 0) {
		if (plan_check(plan, strlen(plan), &r, &again, &wrong) != 0 ||
		    strcmp(plan, again) != 0)
			abort();
		free(again);
	}
	free(plan);
	free(wrong);
	free(reply);
	return 0;
}
