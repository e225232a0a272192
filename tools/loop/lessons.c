/* lessons - what the verdicts of a kernel say together, each fact cited */
#include "lessons.h"
#include "ideas.h"
#include "memory.h"
#include "structure.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_SHOWN 20
#define FACTS 200 /* knob values, or reasons, told apart */

struct fact {
	const char *name, *value; /* of a knob; or a reason and NULL */
	size_t trials, failed;
	long best, last; /* entries: the fastest, the latest */
	int is_older;    /* all of them were on an older structure */
};

struct facts {
	struct fact item[FACTS];
	size_t count;
};

static struct fact *fact_of(struct facts *all, const char *name,
                            const char *value)
{
	struct fact *f;

	for (size_t i = 0; i < all->count; i++) {
		f = &all->item[i];
		if (strcmp(f->name, name) == 0 &&
		    (!value || strcmp(f->value, value) == 0))
			return f;
	}
	if (all->count == FACTS)
		return NULL;
	f = &all->item[all->count++];
	*f = (struct fact){name, value, 0, 0, -1, -1, 1};
	return f;
}

static int has_failed(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_REJECT) == 0 && isnan(e->speedup) &&
	       strcmp(e->reason, REASON_DUPLICATE) != 0;
}

/* A trial on the present structure makes those on older ones forgotten. */
static int counts(struct fact *f, int is_older)
{
	if (f->is_older && !is_older)
		*f = (struct fact){f->name, f->value, 0, 0, -1, -1, 0};
	return f->is_older == is_older;
}

static void learn_knobs(const struct ledger *l, const struct link *link,
                        size_t i, int is_older, struct facts *all)
{
	const struct ledger_entry *e = &l->item[i];

	for (size_t k = 0; k < e->nknobs; k++) {
		struct fact *f =
		        fact_of(all, e->knob[k].name, e->knob[k].value);

		if (!f)
			return;
		if (!counts(f, is_older))
			continue;
		f->trials++;
		f->failed += (size_t)has_failed(e);
		f->last = (long)i;
		if (!isnan(link[i].y) &&
		    (f->best < 0 || link[i].y > link[f->best].y))
			f->best = (long)i;
	}
}

static int by_name(const void *a, const void *b)
{
	const struct fact *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	if (order == 0 && x->value) {
		double d = strtod(x->value, NULL) - strtod(y->value, NULL);

		order = d < 0 ? -1 : d > 0 ? 1 : strcmp(x->value, y->value);
	}
	return order;
}

static void print_steps(FILE *p, const struct ledger *l,
                        const struct link *link, const char *device)
{
	size_t shown = 0, i = l->count;

	fputs("\nThe last steps, newest first:\n\n", p);
	while (i-- > 0 && shown < STEPS_SHOWN) {
		const struct ledger_entry *e = &l->item[i];

		if (strcmp(e->device, device) || !ledger_is_baseline(e))
			continue;
		fprintf(p, "- %s: %s", e->experiment, e->outcome);
		if (!isnan(e->speedup))
			fprintf(p, ", %.3f times as fast as %s", e->speedup,
			        e->incumbent);
		if (!isnan(link[i].y))
			fprintf(p, ", %.3f of the start", exp(link[i].y));
		fputc('\n', p);
		shown++;
	}
	if (!shown)
		fputs("- none: the shipped solution stands\n", p);
}

static void print_knob_facts(FILE *p, const struct ledger *l,
                             const struct link *link, const struct facts *all)
{
	fputs("\n| knob | trials | fastest, of the start | evidence | failed "
	      "| structure |\n|---|---|---|---|---|---|\n",
	      p);
	for (size_t i = 0; i < all->count; i++) {
		const struct fact *f = &all->item[i];

		fprintf(p, "| %s=%s | %zu | ", f->name, f->value, f->trials);
		if (f->best >= 0)
			fprintf(p, "%.3f | %s | ", exp(link[f->best].y),
			        l->item[f->best].experiment);
		else
			fprintf(p, "- | %s | ", l->item[f->last].experiment);
		fprintf(p, "%zu | %s |\n", f->failed,
		        f->is_older ? "older: open again" : "present");
	}
}

static void print_failures(FILE *p, const struct ledger *l,
                           const struct facts *all)
{
	for (size_t i = 0; i < all->count; i++)
		fprintf(p, "- %s: %zu, last %s\n", all->item[i].name,
		        all->item[i].trials,
		        l->item[all->item[i].last].experiment);
}

static void print_facts(FILE *p, const struct ledger *l,
                        const struct link *link, const char *device,
                        const unsigned char *is_older)
{
	struct facts *knobs = xcalloc(1, sizeof *knobs);
	struct facts *reasons = xcalloc(1, sizeof *reasons);
	const struct ledger_entry *last = ledger_baseline(l, device);
	long root = last ? link[last - l->item].root : -1;

	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];
		struct fact *f;

		if (strcmp(e->device, device) ||
		    !strcmp(e->outcome, OUTCOME_REVERT))
			continue;
		if (link[i].root == root)
			learn_knobs(l, link, i, is_older[i], knobs);
		f = has_failed(e) ? fact_of(reasons, e->reason, NULL) : NULL;
		if (f) {
			f->trials++;
			f->last = (long)i;
		}
	}
	qsort(knobs->item, knobs->count, sizeof *knobs->item, by_name);
	if (knobs->count > 0)
		print_knob_facts(p, l, link, knobs);
	if (reasons->count > 0)
		fputs("\nFailures, by reason:\n\n", p);
	print_failures(p, l, reasons);
	free(knobs);
	free(reasons);
}

char *lessons_of(const char *experiments, const char *device,
                 const struct ledger *l, const struct link *link)
{
	unsigned char *is_older = xcalloc(l->count, 1);
	char *page;
	size_t len, n = 0;
	FILE *p = xmemstream(&page, &len);

	for (size_t i = 0; i < l->count; i++)
		n += strcmp(l->item[i].device, device) == 0 &&
		     strcmp(l->item[i].outcome, OUTCOME_REVERT) != 0;
	if (n > 0) {
		structures_compare(experiments, device, l, link, is_older);
		fprintf(p, "\n## %s\n", device);
		ideas_print(p, experiments, device, l, is_older);
		print_steps(p, l, link, device);
		print_facts(p, l, link, device, is_older);
	}
	fclose(p);
	free(is_older);
	return page;
}

char *lessons_page(const char *experiments, const struct ledger *l,
                   const struct link *link, const char *kernel)
{
	char *cpu = lessons_of(experiments, "cpu", l, link);
	char *cuda = lessons_of(experiments, "cuda", l, link);
	char *page = xasprintf(
	        "# Lessons on %s\n\nDerived from the records: each line names "
	        "the experiment that it rests on.\nSpeeds are relative to "
	        "where the lineage began; what stands in backticks is\nits "
	        "proposer's word, not ours.\n%s%s",
	        kernel, cpu, cuda);

	free(cpu);
	free(cuda);
	return page;
}
