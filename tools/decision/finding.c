/* finding - the outcome and reason that the evidence asks for */
#include "finding.h"

#include "memory.h"
#include "session.h"
#include "verdict.h"

#include <stdlib.h>
#include <string.h>

/* By what one measurement, or its confirmation, says. */
static void classify(const struct measurements *m, struct finding *out)
{
	out->numbers = m;
	out->outcome = OUTCOME_REJECT;
	if (m->failed) {
		out->reason = m->failed;
		out->detail = samples_get_note(&m->samples, "detail");
		out->numbers = NULL;
		return;
	}
	switch (m->comparison.decision) {
	case DECISION_BETTER:
		out->outcome = OUTCOME_ACCEPT;
		break;
	case DECISION_EQUIVALENT:
		out->outcome = OUTCOME_EQUIVALENT;
		break;
	case DECISION_SLOWER:
		out->reason = REASON_SLOWER;
		break;
	case DECISION_REGRESSED:
		out->reason = REASON_REGRESSED_WORKLOAD;
		break;
	default:
		out->outcome = OUTCOME_NOISY;
	}
}

static char *regressed_detail(const struct comparison *c)
{
	char *text = xstrdup("");

	for (size_t i = 0; i < c->count; i++) {
		const struct comparison_cell *cell = &c->cell[i];
		char *longer;

		if (!cell->is_regressed)
			continue;
		longer = xasprintf("%s%sworkload %s: %.3f [%.3f, %.3f]", text,
		                   *text ? "; " : "", cell->workload,
		                   cell->estimate.ratio, cell->estimate.low,
		                   cell->estimate.high);
		free(text);
		text = longer;
	}
	return text;
}

/* The first workload whose status is not ok. */
static void refuse(const json *line, struct finding *out)
{
	const char *why = json_string(json_get(line, "detail"));

	out->outcome = OUTCOME_REJECT;
	out->reason = json_string(json_get(line, "status"));
	out->detail = xasprintf("workload %s: %s",
	                        json_string(json_get(line, "uuid")),
	                        why ? why : out->reason);
}

static int is_host_timed(const struct evidence *e)
{
	return e->bench.timing && !strcmp(e->bench.timing, TIMING_HOST);
}

void finding_make(const struct evidence *e, struct finding *out)
{
	const json *failed = e->verification.failed;

	*out = (struct finding){.outcome = OUTCOME_REJECT, .reason = "-"};
	if (!e->build.ok) {
		out->reason = REASON_BUILD;
		out->detail = xstrdup("build.log has the compiler's words");
	} else if (failed) {
		refuse(failed, out);
	} else if (e->equal) {
		out->outcome = OUTCOME_EQUIVALENT;
		out->detail = xstrdup("its compiled code is the incumbent's");
	} else if (e->duplicate) {
		out->reason = REASON_DUPLICATE;
		out->detail = xasprintf("its compiled code is that of %s",
		                        e->duplicate);
	} else if (e->confirm.samples.count) {
		classify(&e->confirm, out);
		if (e->sanitized.failed)
			refuse(e->sanitized.failed, out);
	} else {
		classify(&e->bench, out);
	}
	if (!strcmp(out->outcome, OUTCOME_ACCEPT) && is_host_timed(e) &&
	    !e->base.allows_host) {
		out->outcome = OUTCOME_REJECT;
		out->reason = REASON_UNSUPPORTED;
		out->detail = xstrdup("faster, but with Python in what was "
		                      "timed: make rejudge with "
		                      "ALLOW_HOST_TIMED=1 accepts such");
	}
	if (!strcmp(out->reason, REASON_REGRESSED_WORKLOAD))
		out->detail = regressed_detail(&out->numbers->comparison);
}

void finding_free(struct finding *found)
{
	free(found->detail);
	*found = (struct finding){.detail = NULL};
}
