/* sampling - may what a kernel drew be drawn, and is it as often as it should?
 */
#include "sampling.h"
#include "memory.h"
#include "random.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDING 1e-4 /* of sums of float32, at top_p's edge */
#define ALLOWED 0.02
#define CHANCE 1e-6 /* of a distance, before it is divided among all looks */
#define LEAST 50    /* draws that are looked at together */

struct token {
	float p;
	int32_t index;
};

static int find_input(const struct definition *d, const char *name,
                      enum dtype t, int ndim)
{
	for (size_t i = 0; i < d->ninputs; i++)
		if (strcmp(d->inputs[i].name, name) == 0)
			return d->inputs[i].dtype == t &&
			                       d->inputs[i].ndim == ndim
			               ? (int)i
			               : -2;
	return -1;
}

int sampling_find(const struct definition *d, struct sampling *out,
                  struct fault *f)
{
	const struct tensor_spec *o = &d->outputs[0];

	*out = (struct sampling){.is = strcmp(d->op_type, "sampling") == 0};
	if (!out->is)
		return 0;
	out->probs = find_input(d, "probs", DTYPE_FLOAT32, 2);
	out->top_k = find_input(d, "top_k", DTYPE_INT32, 1);
	out->top_p = find_input(d, "top_p", DTYPE_FLOAT32, 1);
	if (out->probs < 0 || out->top_k < -1 || out->top_p < -1 ||
	    d->noutputs != 1 || o->ndim != 1 ||
	    (o->dtype != DTYPE_INT64 && o->dtype != DTYPE_INT32))
		return fault_set(f,
		                 "%s: op_type sampling: want inputs probs "
		                 "(float32, two axes), top_k (int32) and top_p "
		                 "(float32), and one output of integers",
		                 d->name);
	return 0;
}

void sampling_normalize(float *probs, int64_t rows, int64_t n)
{
	for (int64_t r = 0; r < rows; r++) {
		float *row = probs + r * n, most = -INFINITY;
		double sum = 0;

		for (int64_t i = 0; i < n; i++)
			most = fmaxf(most, row[i]);
		for (int64_t i = 0; i < n; i++)
			sum += exp((double)row[i] - most);
		for (int64_t i = 0; i < n; i++)
			row[i] = (float)(exp((double)row[i] - most) / sum);
	}
}

static int by_probability(const void *a, const void *b)
{
	const struct token *x = a, *y = b;

	if (x->p != y->p)
		return x->p > y->p ? -1 : 1;
	return x->index - y->index;
}

static struct token *sorted(const float *row, int64_t n)
{
	struct token *t = xcalloc((size_t)n, sizeof *t);

	for (int64_t i = 0; i < n; i++)
		t[i] = (struct token){row[i], (int32_t)i};
	qsort(t, (size_t)n, sizeof *t, by_probability);
	return t;
}

/* How many of the first k may be drawn, by top_p plus slack. */
static int64_t nucleus(const struct token *t, int64_t k, double top_p,
                       double slack)
{
	double all = 0, before = 0;
	int64_t kept = 1;

	for (int64_t i = 0; i < k; i++)
		all += (double)t[i].p;
	if (top_p <= 0)
		return 1;
	for (before = (double)t[0].p; kept < k; kept++) {
		if (before / all > top_p + slack)
			break;
		before += (double)t[kept].p;
	}
	return kept;
}

static int64_t find_token(const struct token *t, int64_t n, int64_t drawn)
{
	int64_t i = 0;

	while (i < n && t[i].index != drawn)
		i++;
	return i;
}

/* Where a draw falls, from 0 to 1; -1 if it may not be drawn, and NAN where no
 * other may be. Equal ones may stand for each other; v chooses a place among a
 * token's own. */
static double place_of(const struct token *t, int64_t n, int64_t k,
                       double top_p, int64_t drawn, double v)
{
	int64_t at = find_token(t, n, drawn);
	int64_t most = nucleus(t, k, top_p, ROUNDING);
	int64_t kept = nucleus(t, k, top_p, 0);
	double all = 0, before = 0;

	if (at == n || t[at].p < t[most - 1].p)
		return -1;
	if (kept == 1)
		return NAN;
	for (int64_t i = 0; i < kept; i++) {
		all += (double)t[i].p;
		before += i < at ? (double)t[i].p : 0;
	}
	return fmin(1, (before + v * (double)t[at].p) / all);
}

static void keep(struct sampling_tally *t, double place)
{
	if (t->count == t->room) {
		t->room = 2 * t->room + 256;
		t->place = xrealloc(t->place, t->room, sizeof *t->place);
	}
	t->place[t->count++] = place;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The largest distance between the places' distribution and the uniform one. */
static double distance(struct sampling_tally *t)
{
	double n = (double)t->count, most = 0;

	qsort(t->place, t->count, sizeof *t->place, by_size);
	for (size_t i = 0; i < t->count; i++) {
		most = fmax(most, (double)(i + 1) / n - t->place[i]);
		most = fmax(most, t->place[i] - (double)i / n);
	}
	return most;
}

/* By the inequality of Dvoretzky, Kiefer, Wolfowitz and Massart; each look has
 * a part of CHANCE that shrinks with the square of n. */
static double by_chance(size_t n)
{
	return sqrt((log(2 / CHANCE) + 2 * log((double)n)) / (2 * (double)n));
}

static int look_at_all(struct sampling_tally *t, char *detail, size_t len)
{
	double found, chance;

	if (t->count < LEAST)
		return 0;
	found = distance(t);
	chance = by_chance(t->count);
	if (found <= ALLOWED + chance)
		return 0;
	snprintf(detail, len,
	         "%zu draws are spread otherwise than the probabilities say: "
	         "%.3f off, of which chance makes %.3f",
	         t->count, found, chance);
	return -1;
}

static int64_t drawn_of(const struct sampling_call *c, int64_t row)
{
	int64_t wide;
	int32_t narrow;

	if (c->is_64) {
		memcpy(&wide, (const char *)c->drawn + row * 8, sizeof wide);
		return wide;
	}
	memcpy(&narrow, (const char *)c->drawn + row * 4, sizeof narrow);
	return narrow;
}

int sampling_check(const struct sampling_call *c, struct sampling_tally *t,
                   char *detail, size_t len)
{
	for (int64_t row = 0; row < c->rows; row++) {
		int64_t k = c->top_k ? c->top_k[row] : 0;
		double top_p = c->top_p ? (double)c->top_p[row] : 1;
		double v = random_word(c->seed, 0, (uint64_t)row) * 0x1p-32;
		int64_t drawn = drawn_of(c, row);
		struct token *token = sorted(c->probs + row * c->n, c->n);
		double place =
		        place_of(token, c->n, k > 0 && k < c->n ? k : c->n,
		                 top_p < 1 ? top_p : 2, drawn, v);

		free(token);
		if (place < 0) {
			snprintf(detail, len,
			         "row %lld: %lld was drawn, which %s",
			         (long long)row, (long long)drawn,
			         drawn < 0 || drawn >= c->n
			                 ? "is no index of probs"
			                 : "top_k and top_p do not allow");
			return -1;
		}
		if (c->is_new && !isnan(place))
			keep(t, place);
	}
	return look_at_all(t, detail, len);
}

void sampling_free(struct sampling_tally *t)
{
	free(t->place);
	*t = (struct sampling_tally){NULL, 0, 0};
}
