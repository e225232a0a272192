/* pairs - slow source to fast source: what the accepted edits of a kernel were
 */
#include "pairs.h"
#include "file.h"
#include "hypothesis.h"
#include "memory.h"
#include "utf8.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHANGE_MAX ((size_t)16 << 20)
#define LINES_SHOWN 60 /* of one change */
#define LINE_SHOWN 200 /* bytes of a line */

static int by_gain(const void *a, const void *b)
{
	const struct ledger_entry *x = *(const struct ledger_entry *const *)a;
	const struct ledger_entry *y = *(const struct ledger_entry *const *)b;

	if (x->speedup != y->speedup)
		return x->speedup < y->speedup ? 1 : -1;
	return -strcmp(x->experiment, y->experiment);
}

/* At most LINE_SHOWN bytes of a line, indented. */
static void print_line(FILE *p, const char *line, const char *end)
{
	const char *start = line;

	fputs("    ", p);
	while (line < end && line - start < LINE_SHOWN) {
		size_t n = *line == '\t' ? 1 : utf8_visible(line, end);

		if (n)
			fwrite(line, 1, n, p);
		else
			fputc('?', p);
		n = n ? n : utf8_length(line, end);
		line += n ? n : 1;
	}
	fputs(line < end ? "...\n" : "\n", p);
}

static void print_change(FILE *p, const char *change)
{
	int lines = 0;

	while (*change && lines++ < LINES_SHOWN) {
		const char *end = change + strcspn(change, "\n");

		print_line(p, change, end);
		change = end + (*end != '\0');
	}
	if (*change)
		fputs("    ...\n", p);
}

/* NULL where the change is not on file. Caller frees. */
static char *pair_text(const struct ledger_entry *e, const char *experiments)
{
	char *path = xasprintf("%s/%s/change.diff", experiments, e->experiment);
	char *change = file_read(path, CHANGE_MAX, NULL), *words, *text = NULL;
	size_t len;
	FILE *p;

	free(path);
	if (change && change[0]) {
		words = hypothesis_of(experiments, e->experiment);
		p = xmemstream(&text, &len);
		fprintf(p, "### %s: %.3f times as fast as %s\n\n",
		        e->experiment, e->speedup, e->incumbent);
		if (words)
			fprintf(p, "`%s`\n\n", words);
		print_change(p, change);
		fputc('\n', p);
		fclose(p);
		free(words);
	}
	free(change);
	return text;
}

char *pairs_text(const struct ledger *l, const char *experiments,
                 const char *device, size_t max)
{
	const struct ledger_entry **list = xcalloc(l->count, sizeof *list);
	size_t count = 0, used = 0, len;
	char *text;
	FILE *p = xmemstream(&text, &len);

	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];

		if (strcmp(e->outcome, OUTCOME_ACCEPT) == 0 &&
		    strcmp(e->device, device) == 0 && !isnan(e->speedup))
			list[count++] = e;
	}
	if (count)
		qsort(list, count, sizeof *list, by_gain);
	for (size_t i = 0; i < count && used < max; i++) {
		char *pair = pair_text(list[i], experiments);
		size_t room = pair ? strlen(pair) : 0;

		if (pair && used + room <= max) {
			fputs(pair, p);
			used += room;
		}
		free(pair);
	}
	fclose(p);
	free(list);
	return text;
}
