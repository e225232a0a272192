/* record_modes - what a change gains in each mode: cold, warm, as a graph */
#include "file.h"
#include "memory.h"
#include "record.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TABLE ((size_t)16 << 20)
#define COLUMNS 32
#define MODES 3

struct mode {
	const char *name;
	double weight, candidate, incumbent, speedup; /* sums; of logarithms */
};

static size_t split(char *line, char *cell[COLUMNS])
{
	size_t n = 0;

	for (char *c; n < COLUMNS && (c = strsep(&line, "\t"));)
		cell[n++] = c;
	return n;
}

static const char *cell_of(const char *name, char *const *head, size_t columns,
                           char *const *row)
{
	for (size_t i = 0; i < columns; i++)
		if (strcmp(head[i], name) == 0)
			return row[i];
	return "";
}

/* The weights of workloads, which the rows of the mode that decides have. They
 * come first. */
struct weights {
	struct {
		const char *workload;
		double weight;
	} * item;
	size_t count;
};

static double weight_of(struct weights *w, const char *workload,
                        const char *cell)
{
	double weight = strtod(cell, NULL);

	if (weight > 0) {
		w->item = xrealloc(w->item, w->count + 1, sizeof *w->item);
		w->item[w->count].workload = workload;
		w->item[w->count++].weight = weight;
	}
	for (size_t i = 0; i < w->count; i++)
		if (strcmp(w->item[i].workload, workload) == 0)
			return w->item[i].weight;
	return 0;
}

/* A workload's row, into the sums of its mode. */
static void add_row(struct mode *m, size_t *count, struct weights *weights,
                    char *const *head, size_t columns, char *const *row)
{
	const char *name = cell_of("mode", head, columns, row);
	double w = weight_of(weights, cell_of("workload", head, columns, row),
	                     cell_of("weight", head, columns, row));
	double us = strtod(cell_of("candidate_us", head, columns, row), NULL);
	double of = strtod(cell_of("incumbent_us", head, columns, row), NULL);
	double x = strtod(cell_of("speedup", head, columns, row), NULL);
	size_t i = 0;

	while (i < *count && strcmp(m[i].name, name) != 0)
		i++;
	if (i == MODES || !(w > 0 && us > 0 && of > 0 && x > 0))
		return;
	if (i == *count)
		m[(*count)++] = (struct mode){.name = name};
	m[i].weight += w;
	m[i].candidate += w * us;
	m[i].incumbent += w * of;
	m[i].speedup += w * log(x);
}

static size_t read_modes(char *text, struct mode m[MODES])
{
	char *head[COLUMNS], *row[COLUMNS];
	struct weights weights = {NULL, 0};
	size_t columns = 0, count = 0;

	for (char *line; (line = strsep(&text, "\n"));) {
		if (*line == '#' || !*line)
			continue;
		if (!columns)
			columns = split(line, head);
		else if (split(line, row) == columns &&
		         strcmp(cell_of("scope", head, columns, row),
		                "workload") == 0)
			add_row(m, &count, &weights, head, columns, row);
	}
	free(weights.item);
	return count;
}

void record_print_modes(FILE *p, const struct record *r)
{
	char *path = xasprintf("%s/compare.tsv", r->dir);
	char *text = file_read(path, MAX_TABLE, NULL);
	struct mode m[MODES];
	size_t count = text ? read_modes(text, m) : 0;

	if (count > 1)
		fputs("\n## In every mode\n\nThe first decides. The others are "
		      "one pair of slots a workload, of one process: a hint.\n"
		      "\n| mode | candidate us | incumbent us | speedup |\n"
		      "|---|---|---|---|\n",
		      p);
	for (size_t i = 0; i < count && count > 1; i++)
		fprintf(p, "| %s | %.2f | %.2f | %.3f |\n", m[i].name,
		        m[i].candidate / m[i].weight,
		        m[i].incumbent / m[i].weight,
		        exp(m[i].speedup / m[i].weight));
	free(text);
	free(path);
}
