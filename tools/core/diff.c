/* diff - two texts as a unified diff, which patch(1) can apply */
#include "diff.h"
#include "memory.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT 3
#define MOST_EDITS 3000              /* 36 MB of paths */
#define MOST_BYTES ((size_t)1 << 29) /* that are compared on the way */

struct line {
	const char *at;
	size_t len; /* with its newline, which only the last may lack */
};

/* Which lines of a side are not in the other. */
struct side {
	struct line *line;
	size_t count;
	unsigned char *is_changed;
};

/* What of both sides is compared: lines that they share at the beginning and
 * at the end are left out. */
struct window {
	struct side *a, *b;
	size_t start, na, nb;
};

static void split(const struct diff_side *in, struct side *out)
{
	const char *end = in->text + in->len;
	size_t room = 256;

	*out = (struct side){.line = xcalloc(room, sizeof *out->line)};
	for (const char *p = in->text; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((nl ? nl + 1 : end) - p);

		if (out->count == room) {
			room *= 2;
			out->line =
			        xrealloc(out->line, room, sizeof *out->line);
		}
		out->line[out->count++] = (struct line){p, len};
		p += len;
	}
	out->is_changed = xcalloc(out->count, 1);
}

static int is_same(const struct line *a, const struct line *b)
{
	return a->len == b->len && memcmp(a->at, b->at, a->len) == 0;
}

static struct window trim(struct side *a, struct side *b)
{
	struct window w = {a, b, 0, a->count, b->count};

	while (w.start < w.na && w.start < w.nb &&
	       is_same(&a->line[w.start], &b->line[w.start]))
		w.start++;
	while (w.na > w.start && w.nb > w.start &&
	       is_same(&a->line[w.na - 1], &b->line[w.nb - 1])) {
		w.na--;
		w.nb--;
	}
	w.na -= w.start;
	w.nb -= w.start;
	return w;
}

/* Myers' paths: with d edits, on the diagonal k = -d, -d + 2 ... d, the
 * furthest line of a that is reached stands at at[d * (d + 1) / 2 + i] where
 * i = (k + d) / 2. */
struct paths {
	uint32_t *at;
	size_t room;
	long edits;
};

static uint32_t *row_of(const struct paths *p, long d)
{
	return p->at + d * (d + 1) / 2;
}

/* The best beginning of the path with d edits on its i-th diagonal: from
 * above (a line of b is added) or from the left (a line of a is removed). */
static int is_addition(const struct paths *p, long d, long i)
{
	const uint32_t *last = row_of(p, d - 1);

	return i == 0 || (i < d && last[i - 1] < last[i]);
}

static long reach(const struct paths *p, long d, long i)
{
	const uint32_t *last = row_of(p, d - 1);

	if (d == 0)
		return 0;
	return is_addition(p, d, i) ? (long)last[i] : (long)last[i - 1] + 1;
}

static void make_room(struct paths *p, size_t count)
{
	if (count <= p->room)
		return;
	p->room = 2 * count;
	p->at = xrealloc(p->at, p->room, sizeof *p->at);
}

/* Finds the shortest path. Returns 0, or -1 if that takes too long. */
static int search(const struct window *w, struct paths *p)
{
	const struct line *a = w->a->line + w->start;
	const struct line *b = w->b->line + w->start;
	long na = (long)w->na, nb = (long)w->nb;
	size_t bytes = 0;

	*p = (struct paths){0};
	for (long d = 0; d <= MOST_EDITS && bytes < MOST_BYTES; d++) {
		make_room(p, (size_t)((d + 1) * (d + 2) / 2));
		p->edits = d;
		for (long i = 0; i <= d; i++) {
			long x = reach(p, d, i), y = x - (2 * i - d);

			while (x < na && y < nb && is_same(&a[x], &b[y])) {
				bytes += a[x].len;
				x++, y++;
			}
			row_of(p, d)[i] = (uint32_t)x;
			if (x == na && y == nb)
				return 0;
		}
	}
	return -1;
}

/* Marks what the path that ends at the end of both sides changes. */
static void walk_back(const struct window *w, const struct paths *p)
{
	long x = (long)w->na, y = (long)w->nb;

	for (long d = p->edits; d > 0; d--) {
		long i = (x - y + d) / 2;
		int adds = is_addition(p, d, i);

		x = reach(p, d, i);
		y = x - (2 * i - d);
		if (adds)
			w->b->is_changed[w->start + (size_t)--y] = 1;
		else
			w->a->is_changed[w->start + (size_t)--x] = 1;
	}
}

static void compare(struct side *a, struct side *b)
{
	struct window w = trim(a, b);
	struct paths p;

	if (search(&w, &p) == 0) {
		walk_back(&w, &p);
	} else {
		memset(a->is_changed + w.start, 1, w.na);
		memset(b->is_changed + w.start, 1, w.nb);
	}
	free(p.at);
}

/* Lines [a, a_end) of one side become [b, b_end) of the other. */
struct hunk {
	size_t a, a_end, b, b_end;
};

static size_t least(size_t x, size_t y)
{
	return x < y ? x : y;
}

/* The hunk that begins at or after lines (h->a_end, h->b_end), with context.
 * Returns 0 where there is none. */
static int next_hunk(const struct side *a, const struct side *b, struct hunk *h)
{
	size_t x = h->a_end, y = h->b_end, same = 0, before;

	while (x < a->count && y < b->count && !a->is_changed[x] &&
	       !b->is_changed[y])
		x++, y++;
	if (x == a->count && y == b->count)
		return 0;
	before = least(CONTEXT, x - h->a_end);
	h->a = x - before;
	h->b = y - before;
	/* It ends where more lines are the same than two contexts take. */
	while ((x < a->count || y < b->count) && same <= 2 * CONTEXT) {
		int removed = x < a->count && a->is_changed[x];
		int added = y < b->count && b->is_changed[y];

		same = removed || added ? 0 : same + 1;
		x += (size_t)(removed || !added);
		y += (size_t)(added || !removed);
	}
	same -= least(CONTEXT, same);
	h->a_end = x - same;
	h->b_end = y - same;
	return 1;
}

static void print_range(FILE *p, char sign, size_t start, size_t end)
{
	/* patch(1) counts from 1; an empty range names the line before. */
	fprintf(p, " %c%zu,%zu", sign, start + (end > start), end - start);
}

static void print_line(FILE *p, char sign, const struct line *l)
{
	fputc(sign, p);
	fwrite(l->at, 1, l->len, p);
	if (l->at[l->len - 1] != '\n')
		fputs("\n\\ No newline at end of file\n", p);
}

static void print_hunk(FILE *p, const struct side *a, const struct side *b,
                       const struct hunk *h)
{
	size_t x = h->a, y = h->b;

	fputs("@@", p);
	print_range(p, '-', h->a, h->a_end);
	print_range(p, '+', h->b, h->b_end);
	fputs(" @@\n", p);
	while (x < h->a_end || y < h->b_end) {
		if (x < h->a_end && a->is_changed[x]) {
			print_line(p, '-', &a->line[x++]);
		} else if (y < h->b_end && b->is_changed[y]) {
			print_line(p, '+', &b->line[y++]);
		} else {
			print_line(p, ' ', &a->line[x++]);
			y++;
		}
	}
}

char *diff_unified(const struct diff_side *before,
                   const struct diff_side *after)
{
	struct hunk h = {0};
	struct side a, b;
	char *text;
	size_t len;
	FILE *p = xmemstream(&text, &len);

	split(before, &a);
	split(after, &b);
	compare(&a, &b);
	if (next_hunk(&a, &b, &h)) {
		fprintf(p, "--- %s\n+++ %s\n", before->label, after->label);
		do
			print_hunk(p, &a, &b, &h);
		while (next_hunk(&a, &b, &h));
	}
	fclose(p);
	free(a.line);
	free(a.is_changed);
	free(b.line);
	free(b.is_changed);
	return text;
}
