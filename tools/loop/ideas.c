/* ideas - the hypotheses that were judged, each with its verdict */
#include "ideas.h"
#include "hypothesis.h"
#include "memory.h"
#include "verdict.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MOST_SHOWN 20

/* One part of the list: entries by index, in the order of their use. */
struct part {
	const char *title;
	size_t most; /* lines, at most MOST_SHOWN */
	long *entry;
	size_t count;
};

static int is_lesson(const struct ledger_entry *e, const char *device)
{
	return strcmp(e->device, device) == 0 &&
	       strcmp(e->proposer, "tune") != 0 &&
	       strcmp(e->outcome, OUTCOME_ADOPT) != 0 &&
	       strcmp(e->outcome, OUTCOME_REVERT) != 0 &&
	       strcmp(e->reason, REASON_DUPLICATE) != 0;
}

static int is_accepted(const struct ledger_entry *e)
{
	return strcmp(e->outcome, OUTCOME_ACCEPT) == 0;
}

/* Between which speedups the workloads lie: the scope of the verdict. */
static void print_scope(FILE *p, const char *experiments, const char *name)
{
	char *path = xasprintf("%s/%s/verdict.json", experiments, name);
	const char *slow = NULL, *fast = NULL;
	double low = INFINITY, high = -INFINITY, x;
	struct fault ignored;
	json *d = json_read(path, &ignored);
	const json *list = json_get(d, "workloads");

	for (const json *w = json_first(list); w; w = json_next(w)) {
		const char *uuid = json_string(json_get(w, "uuid"));

		if (!uuid || json_number(json_get(w, "speedup"), &x))
			continue;
		if (x < low) {
			low = x;
			slow = uuid;
		}
		if (x > high) {
			high = x;
			fast = uuid;
		}
	}
	if (slow && json_count(list) > 1)
		fprintf(p, ", workloads %.3f (%.8s) to %.3f (%.8s)", low, slow,
		        high, fast);
	json_free(d);
	free(path);
}

static void print_lesson(FILE *p, const char *experiments,
                         const struct ledger_entry *e, const char *statement)
{
	fprintf(p, "- %s: %s", e->experiment,
	        strcmp(e->reason, "-") ? e->reason : e->outcome);
	if (!isnan(e->speedup))
		fprintf(p, " %.3f", e->speedup);
	if (!isnan(e->ci_low) && !isnan(e->ci_high))
		fprintf(p, " [%.3f, %.3f]", e->ci_low, e->ci_high);
	fprintf(p, " against %s", e->incumbent);
	print_scope(p, experiments, e->experiment);
	fprintf(p, ": `%s`\n", statement);
}

static int was_shown(char *const *shown, size_t count, const char *statement)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(shown[i], statement) == 0)
			return 1;
	return 0;
}

/* Two experiments of the same words are one lesson: the first of the part. */
static void print_part(FILE *p, const char *experiments, const struct ledger *l,
                       const struct part *part)
{
	char *shown[MOST_SHOWN];
	size_t count = 0;

	for (size_t i = 0; i < part->count && count < part->most; i++) {
		const struct ledger_entry *e = &l->item[part->entry[i]];
		char *statement = hypothesis_of(experiments, e->experiment);

		if (!statement || was_shown(shown, count, statement)) {
			free(statement);
			continue;
		}
		if (count == 0)
			fprintf(p, "\n%s:\n\n", part->title);
		print_lesson(p, experiments, e, statement);
		shown[count++] = statement;
	}
	while (count > 0)
		free(shown[--count]);
}

struct order {
	double gain;
	long entry;
};

static int by_gain(const void *a, const void *b)
{
	const struct order *x = a, *y = b;

	if (x->gain != y->gain)
		return x->gain < y->gain ? 1 : -1;
	return (x->entry < y->entry) - (x->entry > y->entry);
}

static void sort_by_gain(const struct ledger *l, struct part *part)
{
	struct order *o = xcalloc(part->count, sizeof *o);

	for (size_t i = 0; i < part->count; i++) {
		double x = l->item[part->entry[i]].speedup;

		o[i] = (struct order){isnan(x) ? 0 : x, part->entry[i]};
	}
	qsort(o, part->count, sizeof *o, by_gain);
	for (size_t i = 0; i < part->count; i++)
		part->entry[i] = o[i].entry;
	free(o);
}

void ideas_print(FILE *p, const char *experiments, const char *device,
                 const struct ledger *l, const unsigned char *is_older)
{
	struct part part[] = {
	        {.title = "Ideas that were accepted, best first", .most = 12},
	        {.title = "Ideas that did not help on the present structure, "
	                  "newest first",
	         .most = MOST_SHOWN},
	        {.title = "Ideas that did not help on an older structure: "
	                  "open again",
	         .most = 8}};

	for (size_t i = 0; i < 3; i++)
		part[i].entry = xcalloc(l->count, sizeof *part[i].entry);
	for (size_t i = l->count; i-- > 0;) {
		const struct ledger_entry *e = &l->item[i];
		struct part *own =
		        is_accepted(e) ? &part[0] : &part[1 + is_older[i]];

		if (is_lesson(e, device))
			own->entry[own->count++] = (long)i;
	}
	sort_by_gain(l, &part[0]);
	for (size_t i = 0; i < 3; i++) {
		print_part(p, experiments, l, &part[i]);
		free(part[i].entry);
	}
}
