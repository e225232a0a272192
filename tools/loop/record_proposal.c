/* record_proposal - what a model proposed, beside what came of it */
#include "hypothesis.h"
#include "memory.h"
#include "record.h"
#include "spend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void print_field(FILE *p, const struct record *r, const char *name,
                        const char *field)
{
	char *line =
	        hypothesis_field(r->experiments, r->base.experiment, field);

	if (line)
		fprintf(p, "- %s: `%s`\n", name, line);
	free(line);
}

static void print_predicted(FILE *p, const struct record *r)
{
	const struct verdict *v = &r->verdict;

	if (isnan(r->base.predicted))
		fputs("- predicted: nothing", p);
	else
		fprintf(p, "- predicted: %.3f times as fast",
		        r->base.predicted);
	if (isnan(v->speedup))
		fputs("; not measured\n", p);
	else
		fprintf(p, "; measured: %.3f [%.3f, %.3f]\n", v->speedup,
		        v->ci_low, v->ci_high);
}

/* What was asked for it; what judging it takes is not known yet. */
static void print_cost(FILE *p, const struct record *r)
{
	char *path = xasprintf("%s/spend.jsonl", r->experiments);
	const char *own = r->base.experiment;
	struct spend s;
	struct fault f;

	if (spend_read(path, &s, &f)) {
		fprintf(p, "- cost: not known: %s\n", f.text);
	} else {
		struct total all = spend_total(&s, own, "llm");
		struct total agent = spend_total(&s, own, "agent");

		amount_add(&all.charged, &agent.charged);
		fprintf(p, "- cost: %.4f USD%s, %lld tokens, %zu requests\n",
		        all.charged.usd,
		        all.unpriced || agent.unpriced
		                ? " of those whose price is known"
		                : "",
		        (long long)all.charged.tokens, all.count + agent.count);
		spend_free(&s);
	}
	free(path);
}

void record_print_proposal(FILE *p, const struct record *r)
{
	const struct base *b = &r->base;
	char *model;

	if (!b->direction)
		return;
	model = hypothesis_line(b->model, strlen(b->model));
	fputs("\n## What was proposed\n\n", p);
	print_field(p, r, "hypothesis", "HYPOTHESIS: ");
	print_field(p, r, "mechanism", "MECHANISM: ");
	print_field(p, r, "risk", "RISK: ");
	print_predicted(p, r);
	fprintf(p, "- direction: %s, from %s; model: `%s`; turns: %lld\n",
	        b->direction, b->parent, *model ? model : "-",
	        (long long)b->turns);
	free(model);
	print_cost(p, r);
}
