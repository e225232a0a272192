/* experience - what the experiments of a kernel came to, for a prompt */
#include "experience.h"
#include "hypothesis.h"
#include "memory.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEST 6
#define LAST 12
#define FAILURES 4
#define LOOKED_AT 40 /* rejects, for those */
#define DETAIL_MAX 400

static void put_knobs(FILE *out, const struct ledger_entry *e)
{
	for (size_t i = 0; i < e->nknobs; i++)
		fprintf(out, "%s%s=%s", i ? " " : "", e->knob[i].name,
		        e->knob[i].value);
}

/* One line: what was tried, and what came of it. */
static void put_line(FILE *out, const char *experiments,
                     const struct ledger_entry *e, double y)
{
	char *idea = hypothesis_of(experiments, e->experiment);

	fprintf(out, "%s: %s", e->experiment, e->outcome);
	if (e->reason && strcmp(e->reason, "-"))
		fprintf(out, " %s", e->reason);
	if (!isnan(e->speedup))
		fprintf(out, " %.3f [%.3f, %.3f]", e->speedup, e->ci_low,
		        e->ci_high);
	if (!isnan(y))
		fprintf(out, ", %.3f of the start", exp(y));
	fprintf(out, ", on %s, by %s: ", e->incumbent, e->proposer);
	if (idea)
		fprintf(out, "`%s`", idea);
	else
		put_knobs(out, e);
	putc('\n', out);
	free(idea);
}

/* The fastest entry of a device that is not chosen yet, or -1. */
static long fastest(const char *device, const struct ledger *l,
                    const struct link *link, const unsigned char *chosen)
{
	long best = -1;

	for (size_t i = 0; i < l->count; i++) {
		if (!chosen[i] && !strcmp(l->item[i].device, device) &&
		    !isnan(link[i].y) && (best < 0 || link[i].y > link[best].y))
			best = (long)i;
	}
	return best;
}

char *experience_table(const char *experiments, const char *device,
                       const struct ledger *l, const struct link *link)
{
	unsigned char *chosen = xcalloc(l->count + 1, 1);
	char *text;
	size_t len;
	FILE *out = xmemstream(&text, &len);

	for (int n = 0; n < BEST; n++) {
		long i = fastest(device, l, link, chosen);

		if (i < 0)
			break;
		fputs(n ? "" : "fastest first:\n", out);
		chosen[i] = 1;
		put_line(out, experiments, &l->item[i], link[i].y);
	}
	for (size_t i = l->count, n = 0; i-- > 0 && n < LAST;) {
		if (chosen[i] || strcmp(l->item[i].device, device))
			continue;
		fputs(n++ ? "" : "then the last ones, newest first:\n", out);
		put_line(out, experiments, &l->item[i], link[i].y);
	}
	fclose(out);
	free(chosen);
	return text;
}

/* The detail of a verdict, if it is on file and has one. */
static char *detail_of(const char *experiments, const char *experiment)
{
	char *path = xasprintf("%s/%s/verdict.json", experiments, experiment);
	const char *detail;
	struct verdict v;
	struct fault ignored;
	char *line = NULL;

	if (verdict_read(path, &v, &ignored) == 0) {
		detail = json_string(json_get(v.document, "detail"));
		if (detail)
			line = xasprintf("%.*s%s", DETAIL_MAX, detail,
			                 strlen(detail) > DETAIL_MAX ? "..."
			                                             : "");
		verdict_free(&v);
	}
	free(path);
	return line;
}

char *experience_failures(const char *experiments, const char *device,
                          const struct ledger *l)
{
	char *text;
	size_t len, shown = 0, seen = 0;
	FILE *out = xmemstream(&text, &len);

	for (size_t i = l->count;
	     i-- > 0 && shown < FAILURES && seen < LOOKED_AT;) {
		const struct ledger_entry *e = &l->item[i];
		char *detail;

		if (strcmp(e->device, device) ||
		    strcmp(e->outcome, OUTCOME_REJECT))
			continue;
		seen++;
		detail = detail_of(experiments, e->experiment);
		if (detail)
			fprintf(out, "%s, %s: %s\n", e->experiment, e->reason,
			        detail);
		shown += detail != NULL;
		free(detail);
	}
	fclose(out);
	return text;
}
