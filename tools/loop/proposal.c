/* proposal - a candidate's source and the page that explains it */
#include "proposal.h"
#include "file.h"
#include "memory.h"
#include "tune.h"
#include "verdict.h"

#include <libgen.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The knobs of an entry as indices. Returns -1 if it has others. */
static int point_of_entry(const struct knobs *k, const struct ledger_entry *e,
                          int *x)
{
	size_t found = 0;

	for (size_t i = 0; i < k->count; i++)
		for (size_t j = 0; j < e->nknobs; j++)
			if (!strcmp(k->item[i].name, e->knob[j].name)) {
				x[i] = knob_find(&k->item[i], e->knob[j].value);
				if (x[i] < 0)
					return -1;
				found++;
			}
	return found == k->count && found == e->nknobs ? 0 : -1;
}

/* It is the incumbent's text but for the knobs, not another structure. */
static int is_same_text(const struct incumbent *inc, const struct knobs *k,
                        const int *x, const char *hash)
{
	char *text = knobs_render(inc->text, k, x);
	char own[SHA256_HEX];

	sha256_hex(text, strlen(text), own);
	free(text);
	return strcmp(own, hash) == 0;
}

static void add_trial(struct history *h, const struct ledger_entry *e,
                      const int *x, double y, int is_related)
{
	struct trial *t = &h->item[h->count++];

	memcpy(t->at.x, x, sizeof t->at.x);
	t->kind = TRIAL_SEEN;
	if (is_related && !isnan(y)) {
		t->kind = TRIAL_SCORED;
		t->at.y = y;
		/* Intervals are two-sided, 98 %. */
		if (e->ci_low > 0 && e->ci_high >= e->ci_low)
			t->at.sd = log(e->ci_high / e->ci_low) / 4.65;
		t->is_refused =
		        strcmp(e->reason, REASON_REGRESSED_WORKLOAD) == 0;
	} else if (strcmp(e->outcome, OUTCOME_REJECT) == 0 && isnan(y) &&
	           strcmp(e->reason, REASON_DUPLICATE) != 0) {
		t->kind = TRIAL_FAILED;
		t->is_refused = 1;
	}
}

/* What the ledger knows about points of this text. */
static void gather(const struct incumbent *inc, const struct knobs *k,
                   const char *device, const struct ledger *l,
                   struct history *h)
{
	const struct ledger_entry *last = ledger_baseline(l, device);
	struct link *link = xcalloc(l->count, sizeof *link);
	long own = -1;
	int x[MAX_KNOBS] = {0};

	ledger_chain(l, link);
	for (size_t i = 0; i < k->count; i++)
		h->incumbent[i] = k->item[i].current;
	if (last) {
		own = link[last - l->item].root;
		h->incumbent_y = link[last - l->item].y;
	}
	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];

		if (strcmp(e->device, device) != 0 ||
		    strcmp(e->outcome, OUTCOME_REVERT) == 0 ||
		    point_of_entry(k, e, x) ||
		    !is_same_text(inc, k, x, e->source))
			continue;
		add_trial(h, e, x, link[i].y, link[i].root == own);
	}
	free(link);
}

static json *knobs_document(const struct knobs *k, const int *x)
{
	json *o = json_object();

	for (size_t i = 0; i < k->count; i++)
		json_add_string(
		        o, k->item[i].name,
		        k->item[i].value[x ? x[i] : k->item[i].current]);
	return o;
}

static void print_known(FILE *p, const struct knobs *k, const struct history *h,
                        const struct surface *speed)
{
	fputs("\n| knob | value | alone, times as fast as the knob's mean "
	      "| trials | best seen | failed |\n|---|---|---|---|---|---|\n",
	      p);
	for (size_t i = 0; i < k->count; i++)
		for (int v = 0; v < k->item[i].nvalues; v++) {
			int trials = 0, failed = 0;
			double best = -INFINITY;

			for (size_t t = 0; t < h->count; t++) {
				const struct trial *e = &h->item[t];

				if (e->at.x[i] != v)
					continue;
				trials++;
				failed += e->kind == TRIAL_FAILED;
				if (e->kind == TRIAL_SCORED)
					best = fmax(best, e->at.y);
			}
			fprintf(p, "| %s | %s | %.2f | %d | ", k->item[i].name,
			        k->item[i].value[v],
			        exp(surface_effect(speed, i, v)), trials);
			if (best > -INFINITY)
				fprintf(p, "%.3f", exp(best));
			fprintf(p, " | %d |\n", failed);
		}
}

static void print_choice(FILE *p, const struct knobs *k,
                         const struct history *h, const struct choice *c)
{
	double gain = c->mean - h->incumbent_y;

	fputs("| knob | incumbent | here |\n|---|---|---|\n", p);
	for (size_t i = 0; i < k->count; i++)
		if (c->x[i] != h->incumbent[i])
			fprintf(p, "| %s | %s | %s |\n", k->item[i].name,
			        k->item[i].value[h->incumbent[i]],
			        k->item[i].value[c->x[i]]);
	if (c->is_spread)
		fputs("\nFew points have a speed yet, so this one lies far "
		      "from all that were tried,\nto learn about several "
		      "knobs at once.\n",
		      p);
	else
		fprintf(p,
		        "\nOf the points not tried, this one promises most: "
		        "an improvement of %.2f %% is\nexpected, a slower or "
		        "refused result counted as none.\n",
		        100 * (exp(c->gain) - 1));
	fprintf(p,
	        "\nPredicted: %.3f times as fast as the incumbent (%.3f to "
	        "%.3f, two chances in\nthree); chance that it is refused: "
	        "%.0f %%.\n",
	        exp(gain), exp(gain - c->sd), exp(gain + c->sd),
	        100 * c->refusal);
}

static char *explain(const struct knobs *k, const struct history *h,
                     const struct choice *c, const struct surface *speed)
{
	char *page;
	size_t len;
	FILE *p = xmemstream(&page, &len);

	print_choice(p, k, h, c);
	fprintf(p,
	        "\n## What is known\n\n%zu trials of %llu points of this "
	        "source. Speeds are relative to where the lineage\nbegan; the "
	        "incumbent is at %.3f.\n",
	        h->count, (unsigned long long)knobs_points(k),
	        exp(h->incumbent_y));
	print_known(p, k, h, speed);
	fclose(p);
	return page;
}

static int choose(const struct incumbent *inc, const struct knobs *k,
                  const struct history *h, struct proposal *out,
                  struct fault *f)
{
	struct surface *speed, *failure;
	struct choice c;
	int none = tune_choose(k, h, h->count, &c, &speed, &failure);

	if (none) {
		fault_set(f,
		          "%s: all %llu points of its knobs were tried: give "
		          "it more values or knobs",
		          inc->path, (unsigned long long)knobs_points(k));
	} else {
		out->source = knobs_render(inc->text, k, c.x);
		out->len = strlen(out->source);
		out->extension = strrchr(inc->path, '.') + 1;
		out->knobs = knobs_document(k, c.x);
		out->page = explain(k, h, &c, speed);
	}
	surface_free(speed);
	surface_free(failure);
	return none ? 1 : 0;
}

int proposal_by_tune(const struct incumbent *inc, const char *device,
                     const struct ledger *l, struct proposal *out,
                     struct fault *f)
{
	struct knobs *k = xcalloc(1, sizeof *k);
	struct history h = {.item = xcalloc(l->count, sizeof *h.item)};
	int status;

	*out = (struct proposal){0};
	status = knobs_read(inc->text, inc->path, k, f);
	if (!status && k->count == 0) {
		fault_set(f,
		          "%s: no knobs to tune: want lines such as \"// knob: "
		          "TILE 4 8\" before \"#define TILE 4\"",
		          inc->path);
		status = 1;
	}
	if (!status) {
		gather(inc, k, device, l, &h);
		status = choose(inc, k, &h, out, f);
	}
	free(h.item);
	free(k);
	return status;
}

int proposal_from_file(const char *path, const char *device,
                       struct proposal *out, struct fault *f)
{
	struct knobs *k;
	struct fault ignored;
	const char *ext = strrchr(path, '.');
	const char *own = strcmp(device, "cuda") ? ".c" : ".cu";
	char *copy;

	*out = (struct proposal){0};
	if (!ext || (strcmp(ext, own) != 0 && strcmp(ext, ".json") != 0 &&
	             strcmp(ext, ".txtar") != 0))
		return fault_set(f,
		                 "%s: want a %s, .json or .txtar file for %s",
		                 path, own, device);
	out->source = file_read(path, SOURCE_MAX, &out->len);
	if (!out->source)
		return fault_errno(f, "%s", path);
	out->extension = ext + 1;
	k = xcalloc(1, sizeof *k);
	if (knobs_read(out->source, path, k, &ignored))
		k->count = 0; /* a person's text need not be tunable */
	out->knobs = knobs_document(k, NULL);
	free(k);
	copy = xstrdup(path);
	out->page = xasprintf("A person's file: %s\n", basename(copy));
	free(copy);
	return 0;
}

int proposal_from_text(char *source, const char *name, struct proposal *out,
                       struct fault *f)
{
	struct knobs *k = xcalloc(1, sizeof *k);
	int failed = knobs_read(source, name, k, f);

	*out = (struct proposal){.source = source,
	                         .len = strlen(source),
	                         .extension = strrchr(name, '.') + 1};
	if (!failed)
		out->knobs = knobs_document(k, NULL);
	free(k);
	return failed;
}

void proposal_free(struct proposal *p)
{
	free(p->source);
	free(p->page);
	json_free(p->knobs);
	*p = (struct proposal){0};
}
