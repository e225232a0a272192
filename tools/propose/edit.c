/* edit - a reply's blocks, applied to the solution that they were written for
 */
#include "edit.h"
#include "lineage.h"
#include "memory.h"
#include "parts.h"

#include <stdlib.h>
#include <string.h>

#define SHOWN 160 /* bytes of a line that differs */

/* Where a block's lines stand. */
struct place {
	size_t start, end;
	const struct block *block;
};

static int is_editable(const struct edit_target *t, const char *name)
{
	size_t len = strlen(name);
	const char *p = t->editable;

	if (!*p)
		return 1;
	for (; *p; p += strcspn(p, " \t")) {
		p += strspn(p, " \t");
		if (strcspn(p, " \t") == len && !strncmp(p, name, len))
			return 1;
	}
	return 0;
}

char *edit_names(const struct edit_target *t)
{
	char *list = xstrdup("");
	struct parts parts;
	struct fault ignored;

	parts_read(t->path, t->text, t->len, &parts, &ignored);
	for (size_t i = 0; i < parts.count; i++) {
		char *longer;

		if (!is_editable(t, parts.item[i].name))
			continue;
		longer = xasprintf("%s%s%s", list, *list ? ", " : "",
		                   parts.item[i].name);
		free(list);
		list = longer;
	}
	parts_free(&parts);
	return list;
}

/* Where `lines` stand in text from `from` on, at the start of a line. */
static const char *find_lines(const char *text, const char *from,
                              const char *lines)
{
	const char *p = from;

	while ((p = strstr(p, lines)) && p != text && p[-1] != '\n')
		p++;
	return p;
}

static long line_number(const char *text, const char *at)
{
	long n = 1;

	for (const char *p = text; p < at; p++)
		n += *p == '\n';
	return n;
}

static size_t line_length(const char *p)
{
	size_t n = strcspn(p, "\n");

	return n + (p[n] == '\n');
}

/* How many whole lines of both are equal. */
static long equal_lines(const char *a, const char *b)
{
	long n = 0;

	while (*a && *b) {
		size_t la = line_length(a), lb = line_length(b);

		if (la != lb || memcmp(a, b, la) != 0)
			break;
		n++;
		a += la;
		b += lb;
	}
	return n;
}

/* Says how near an anchor came, which is what mends it. */
static int refuse_anchor(const struct block *b, const char *text,
                         struct fault *why)
{
	long best = 0, at = 0, number = 1;
	const char *p = text;
	size_t shown;

	for (; *p; p += line_length(p), number++) {
		long n = equal_lines(p, b->anchor);

		if (n > best) {
			best = n;
			at = number;
		}
	}
	if (!best)
		return fault_set(why,
		                 "the block at line %ld: its first line does "
		                 "not stand in %s as it is written there",
		                 b->line, b->file);
	for (p = text, number = 1; *p && number < at + best; number++)
		p += line_length(p);
	shown = strcspn(p, "\n");
	shown = shown < SHOWN ? shown : SHOWN;
	return fault_set(why,
	                 "the block at line %ld: its first %ld lines stand at "
	                 "line %ld of %s, but then line %ld there is: %.*s",
	                 b->line, best, at, b->file, number, (int)shown, p);
}

static int find_place(const struct block *b, const char *text,
                      struct place *out, struct fault *why)
{
	const char *first, *second;

	if (!*b->anchor)
		return fault_set(why,
		                 "the block at line %ld: no lines to replace: "
		                 "repeat a line and put the new ones beside it",
		                 b->line);
	first = find_lines(text, text, b->anchor);
	if (!first)
		return refuse_anchor(b, text, why);
	second = find_lines(text, first + 1, b->anchor);
	if (second)
		return fault_set(why,
		                 "the block at line %ld: its lines stand more "
		                 "than once in %s, at lines %ld and %ld: take "
		                 "more lines",
		                 b->line, b->file, line_number(text, first),
		                 line_number(text, second));
	out->start = (size_t)(first - text);
	out->end = out->start + strlen(b->anchor);
	out->block = b;
	return 0;
}

static int by_start(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->start > y->start) - (x->start < y->start);
}

/* The text with each place's lines exchanged. */
static char *render(const char *text, const struct place *place, size_t n)
{
	char *out;
	size_t len, at = 0;
	FILE *p = xmemstream(&out, &len);

	for (size_t i = 0; i < n; i++) {
		fwrite(text + at, 1, place[i].start - at, p);
		fputs(place[i].block->text, p);
		at = place[i].end;
	}
	fputs(text + at, p);
	fclose(p);
	return out;
}

/* Applies the blocks of one file. Returns -1 with the reason set. */
static int edit_source(struct part *s, const struct reply *r, int *changed,
                       struct fault *why)
{
	struct place place[MAX_BLOCKS];
	const struct block *whole = NULL;
	size_t n = 0, blocks = 0;
	char *text;

	for (size_t i = 0; i < r->count; i++) {
		const struct block *b = &r->block[i];

		if (strcmp(b->file, s->name) != 0)
			continue;
		blocks++;
		if (!b->anchor)
			whole = b;
		else if (find_place(b, s->text, &place[n++], why))
			return -1;
	}
	if (!blocks)
		return 0;
	if (whole && blocks > 1)
		return fault_set(why,
		                 "%s: more than one block beside a WHOLE one: "
		                 "give one of them",
		                 s->name);
	qsort(place, n, sizeof *place, by_start);
	for (size_t i = 1; i < n; i++)
		if (place[i].start < place[i - 1].end)
			return fault_set(why,
			                 "the blocks at lines %ld and %ld "
			                 "replace the same lines of %s",
			                 place[i - 1].block->line,
			                 place[i].block->line, s->name);
	text = whole ? xstrdup(whole->text) : render(s->text, place, n);
	*changed |= strcmp(text, s->text) != 0;
	free(s->text);
	s->text = text;
	return 0;
}

static int check_names(const struct edit_target *t, const struct parts *p,
                       const struct reply *r, struct fault *why)
{
	for (size_t i = 0; i < r->count; i++) {
		const struct block *b = &r->block[i];
		size_t k = 0;
		char *names;

		while (k < p->count && strcmp(p->item[k].name, b->file) != 0)
			k++;
		if (k < p->count && is_editable(t, b->file))
			continue;
		names = edit_names(t);
		fault_set(why,
		          "the block at line %ld: '%.80s' may not be edited, "
		          "only: %s",
		          b->line, b->file, names);
		free(names);
		return -1;
	}
	return 0;
}

char *edit_apply(const struct edit_target *t, const struct reply *r,
                 struct fault *why)
{
	struct parts parts;
	char *out = NULL;
	int changed = 0;
	int failed = parts_read(t->path, t->text, t->len, &parts, why) ||
	             check_names(t, &parts, r, why);

	for (size_t i = 0; !failed && i < parts.count; i++)
		failed = edit_source(&parts.item[i], r, &changed, why);
	if (!failed && !changed)
		failed = fault_set(why, "the blocks change nothing");
	if (!failed)
		out = parts_text(&parts);
	parts_free(&parts);
	if (out && strlen(out) > SOURCE_MAX) {
		fault_set(why, "the solution becomes longer than %zu bytes",
		          SOURCE_MAX);
		free(out);
		return NULL;
	}
	return out;
}

int edit_is_new(const char *candidate, const struct ledger *l,
                const char *device, char hex[SHA256_HEX], struct fault *why)
{
	sha256_hex(candidate, strlen(candidate), hex);
	for (size_t i = 0; i < l->count; i++) {
		const struct ledger_entry *e = &l->item[i];
		int has_reason = strcmp(e->reason, "-") != 0;

		if (!strcmp(e->device, device) && !strcmp(e->source, hex))
			return fault_set(
			        why, "repeats %s (%s%s%s): make another change",
			        e->experiment, e->outcome,
			        has_reason ? " " : "",
			        has_reason ? e->reason : "");
	}
	return 0;
}
