/* comparison_text - compare.tsv: what a comparison found, as a table */
#include "comparison.h"

#include "file.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER                                                                 \
	"scope\tmode\tworkload\tweight\tprocesses\tpairs\tdropped\t"           \
	"candidate_us\tincumbent_us\tspeedup\tci_low\tci_high\tspread\t"       \
	"p_regressed\tdecision\n"

static const char *const name[] = {
        [DECISION_NONE] = "none",
        [DECISION_BETTER] = "better",
        [DECISION_EQUIVALENT] = "equivalent",
        [DECISION_SLOWER] = "slower",
        [DECISION_REGRESSED] = "regressed",
        [DECISION_NOISY] = "noisy",
};

const char *decision_name(enum decision d)
{
	return name[d];
}

/* A number, or "-" where there is none: rounded, so that the last bit of a
 * mathematical function never shows. */
static void put_number(FILE *out, double x, int digits)
{
	if (isfinite(x))
		fprintf(out, "\t%.*f", digits, x);
	else
		fputs("\t-", out);
}

static void put_estimate(FILE *out, const struct estimate *e)
{
	put_number(out, e->ratio, 6);
	put_number(out, isfinite(e->high) ? e->low : (double)NAN, 6);
	put_number(out, e->high, 6);
	put_number(out, e->spread, 6);
}

static void put_all(FILE *out, const char *scope, const struct comparison *c,
                    const struct estimate *e, const char *decision)
{
	fprintf(out, "%s\t%s\t-\t-\t%d\t%d\t%d\t-\t-", scope, c->mode,
	        e->processes, c->pairs, c->dropped);
	put_estimate(out, e);
	fprintf(out, "\t-\t%s\n", decision);
}

static void put_cell(FILE *out, const struct comparison_cell *cell, int digits)
{
	fprintf(out, "workload\t%s\t%s", cell->mode, cell->workload);
	put_number(out, cell->is_deciding ? cell->weight : (double)NAN, 6);
	fprintf(out, "\t%d\t%d\t%d", cell->estimate.processes, cell->pairs,
	        cell->dropped);
	put_number(out, cell->candidate_us, digits);
	put_number(out, cell->incumbent_us, digits);
	put_estimate(out, &cell->estimate);
	put_number(out, cell->is_deciding ? cell->p_regressed : (double)NAN, 6);
	fprintf(out, "\t%s\n",
	        cell->is_regressed ? decision_name(DECISION_REGRESSED) : "-");
}

char *comparison_text(const struct comparison *c)
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		err(2, "open_memstream");
	fprintf(out, "# min_effect %.6f\n# guard %.6f\n" HEADER, c->min_effect,
	        c->guard);
	put_all(out, "all", c, &c->all, decision_name(c->decision));
	put_all(out, "a/a", c, &c->aa, "-");
	for (size_t i = 0; i < c->count; i++)
		put_cell(out, &c->cell[i], c->digits);
	fclose(out);
	return text;
}

/* The decision that ends the line of scope `all`, or -1. */
static int find_decision(const char *line, size_t len)
{
	const char *word = memrchr(line, '\t', len);

	if (!word)
		return -1;
	word++;
	len -= (size_t)(word - line);
	for (int d = DECISION_NONE; d <= DECISION_NOISY; d++)
		if (strlen(name[d]) == len && !memcmp(name[d], word, len))
			return d;
	return -1;
}

int comparison_read_decision(const char *path, enum decision *out,
                             struct fault *f)
{
	char *text = file_read(path, 16 << 20, NULL), *line = text;
	int found = -1;

	if (!text)
		return fault_errno(f, "%s", path);
	for (int n = 1; *line; n++) {
		size_t len = strcspn(line, "\n");

		if (!strncmp(line, "all\t", 4)) {
			found = find_decision(line, len);
			if (found < 0)
				fault_set(f, "%s:%d: no decision at its end",
				          path, n);
			break;
		}
		line += len + (line[len] != '\0');
	}
	if (!*line)
		fault_set(f, "%s: no line of scope 'all'", path);
	free(text);
	*out = found < 0 ? DECISION_NONE : (enum decision)found;
	return found < 0 ? -1 : 0;
}
