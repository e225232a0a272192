/* pairing - bench rows, paired and averaged by workload and process */
#include "pairing.h"

#include "memory.h"
#include "stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A bench row, its line in the file and its cell. */
struct slot {
	size_t cell, line;
	const struct sample *sample;
};

struct slots {
	struct slot *item;
	size_t count;
};

static int row_check(const struct sample *r, const char *path, size_t line,
                     struct fault *f)
{
	if (r->side >= SIDE_COUNT)
		return fault_set(f, "%s:%zu: want a side", path, line);
	if (r->calls < 1)
		return fault_set(f, "%s:%zu: want calls above 0, got %d", path,
		                 line, r->calls);
	if (r->time_ns < 1)
		return fault_set(f, "%s:%zu: want time_ns above 0, got %lld",
		                 path, line, (long long)r->time_ns);
	return 0;
}

static size_t cell_place(struct comparison *c, const struct sample *r)
{
	struct comparison_cell *cell;

	for (size_t i = 0; i < c->count; i++)
		if (!strcmp(c->cell[i].workload, r->workload) &&
		    !strcmp(c->cell[i].mode, r->mode))
			return i;
	c->cell = xrealloc(c->cell, c->count + 1, sizeof *c->cell);
	cell = &c->cell[c->count];
	memset(cell, 0, sizeof *cell);
	memcpy(cell->workload, r->workload, sizeof cell->workload);
	memcpy(cell->mode, r->mode, sizeof cell->mode);
	cell->is_deciding = !strcmp(r->mode, c->mode);
	return c->count++;
}

static int compare_slots(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;

	if (x->cell != y->cell)
		return x->cell < y->cell ? -1 : 1;
	if (x->sample->process != y->sample->process)
		return x->sample->process < y->sample->process ? -1 : 1;
	if (x->sample->pair != y->sample->pair)
		return x->sample->pair < y->sample->pair ? -1 : 1;
	return (x->sample->side > y->sample->side) -
	       (x->sample->side < y->sample->side);
}

static int is_same_pair(const struct slot *x, const struct slot *y)
{
	return x->cell == y->cell && x->sample->process == y->sample->process &&
	       x->sample->pair == y->sample->pair;
}

/* Orders the bench rows by cell, process, pair and side; refuses two alike. */
static int slots_make(const char *path, const struct samples *s,
                      struct comparison *c, struct slots *out, struct fault *f)
{
	size_t line = 2; /* after the notes and the header */

	for (const char *p = s->notes; p && *p; p++)
		line += *p == '\n';
	out->item = xcalloc(s->count, sizeof *out->item);
	for (size_t i = 0; i < s->count; i++, line++) {
		const struct sample *r = &s->row[i];

		if (strcmp(r->phase, "bench") || strcmp(r->status, "ok"))
			continue;
		if (row_check(r, path, line, f))
			return -1;
		out->item[out->count++] =
		        (struct slot){cell_place(c, r), line, r};
	}
	qsort(out->item, out->count, sizeof *out->item, compare_slots);
	for (size_t i = 1; i < out->count; i++) {
		size_t x = out->item[i - 1].line, y = out->item[i].line;

		if (!compare_slots(&out->item[i - 1], &out->item[i]))
			return fault_set(f, "%s:%zu: repeats line %zu", path,
			                 x > y ? x : y, x > y ? y : x);
	}
	return 0;
}

static double call_us(const struct slot *s)
{
	return (double)s->sample->time_ns / s->sample->calls / 1e3;
}

static double wall_of(const struct slot *s)
{
	return (double)s->sample->wall_ns / s->sample->calls;
}

/* What pairs say: the candidate against either copy of the incumbent, and the
 * second of these against the first. */
struct pairs {
	double *first, *second, *a;
	size_t count;
};

/* Adds what the n slots of one pair say, if they are whole. */
static void pair_read(struct comparison *c, const struct slot *slot, size_t n,
                      struct pairs *p)
{
	struct comparison_cell *cell = &c->cell[slot->cell];
	int sign = c->is_higher_better ? -1 : 1;

	for (size_t i = 0; i < n; i++)
		if (slot[i].sample->throttled) {
			cell->dropped++;
			return;
		}
	if (n != SIDE_COUNT)
		return;
	p->a[p->count] = sign * log(call_us(&slot[INCUMBENT2]) /
	                            call_us(&slot[INCUMBENT]));
	p->first[p->count] = sign * log(call_us(&slot[INCUMBENT]) /
	                                call_us(&slot[CANDIDATE]));
	p->second[p->count] = p->first[p->count] + p->a[p->count];
	p->count++;
	cell->pairs++;
	if (cell->is_deciding)
		c->wall += log(wall_of(&slot[INCUMBENT]) /
		               wall_of(&slot[CANDIDATE]));
}

/* The candidate against the incumbent: two medians, because the difference of
 * two times has none where neither is special, however they are delayed. That
 * of their mean and a third has: two are delayed more often than one. */
static double against_both(const struct pairs *p, int is_joint)
{
	for (size_t i = 0; is_joint && i < p->count; i++)
		p->first[i] = p->second[i] = p->first[i] + p->a[i] / 2;
	return (median(p->first, p->count) + median(p->second, p->count)) / 2;
}

/* The median time of a call of one side, over those of n slots that no
 * throttling touched. */
static double side_median(const struct slot *slot, size_t n, enum side side,
                          double scale)
{
	double *us = xcalloc(n, sizeof *us), result;
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (slot[i].sample->side == side && !slot[i].sample->throttled)
			us[count++] = call_us(&slot[i]) / scale;
	result = median(us, count);
	free(us);
	return result;
}

static int is_same_process(const struct slot *x, const struct slot *y)
{
	return x->cell == y->cell && x->sample->process == y->sample->process;
}

/* Walks the ordered slots: pairs, and processes around them. The median over
 * pairs, not the mean: on a machine that does other things one slot in twenty
 * may be interrupted, and three pairs outvote it. */
static void slots_average(const struct slots *s, struct comparison *c,
                          struct pairing *p)
{
	struct pairs pairs = {.first = xcalloc(s->count, sizeof(double)),
	                      .second = xcalloc(s->count, sizeof(double)),
	                      .a = xcalloc(s->count, sizeof(double))};
	size_t pair = 0;

	p->block = xcalloc(s->count, sizeof *p->block);
	for (size_t i = 1; i <= s->count; i++) {
		const struct slot *last = &s->item[i - 1];

		if (i < s->count && is_same_pair(last, &s->item[i]))
			continue;
		pair_read(c, &s->item[pair], i - pair, &pairs);
		pair = i;
		if (i < s->count && is_same_process(last, &s->item[i]))
			continue;
		if (pairs.count)
			p->block[p->count++] = (struct block){
			        last->cell, last->sample->process,
			        (int)pairs.count,
			        against_both(&pairs, c->is_joint),
			        median(pairs.a, pairs.count)};
		pairs.count = 0;
	}
	free(pairs.first);
	free(pairs.second);
	free(pairs.a);
}

/* The medians of each cell, for people. */
static void slots_medians(const struct slots *s, struct comparison *c)
{
	size_t first = 0;

	for (size_t i = 1; i <= s->count; i++) {
		struct comparison_cell *cell = &c->cell[s->item[i - 1].cell];

		if (i < s->count && s->item[i].cell == s->item[first].cell)
			continue;
		cell->candidate_us = side_median(&s->item[first], i - first,
		                                 CANDIDATE, c->scale);
		cell->incumbent_us = side_median(&s->item[first], i - first,
		                                 INCUMBENT, c->scale);
		first = i;
	}
}

int pairing_make(const char *path, const struct samples *s,
                 struct comparison *c, struct pairing *out, struct fault *f)
{
	struct slots slots = {0};
	int failed = slots_make(path, s, c, &slots, f);

	*out = (struct pairing){0};
	if (!failed) {
		slots_average(&slots, c, out);
		slots_medians(&slots, c);
	}
	free(slots.item);
	return failed;
}

void pairing_free(struct pairing *p)
{
	free(p->block);
	*p = (struct pairing){0};
}
