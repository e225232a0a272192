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
#define BYTE 256

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

/* One element for each row of probs? */
static int is_a_row(const struct definition *d, const struct sampling *s,
                    const struct tensor_spec *t)
{
	return t->ndim == 1 && t->axis[0] == d->inputs[s->probs].axis[0];
}

static int are_rows(const struct definition *d, const struct sampling *s)
{
	return (s->top_k < 0 || is_a_row(d, s, &d->inputs[s->top_k])) &&
	       (s->top_p < 0 || is_a_row(d, s, &d->inputs[s->top_p])) &&
	       is_a_row(d, s, &d->outputs[0]);
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
	    d->noutputs != 1 || !are_rows(d, out) ||
	    (o->dtype != DTYPE_INT64 && o->dtype != DTYPE_INT32))
		return fault_set(f,
		                 "%s: op_type sampling: want inputs probs "
		                 "(float32, two axes), top_k (int32) and top_p "
		                 "(float32), and one output of integers: of "
		                 "each of them one a row of probs",
		                 d->name);
	return 0;
}

int64_t sampling_rows(const struct sampling *s, const struct definition *d,
                      const int64_t *axis_value)
{
	int64_t shape[MAX_DIMS];

	tensor_shape(d, &d->inputs[s->probs], axis_value, shape);
	return shape[0];
}

void sampling_normalize(float *probs, int64_t rows, int64_t n)
{
	for (int64_t r = 0; r < rows; r++) {
		float *row = probs + r * n, most = -INFINITY;
		double sum = 0;

		for (int64_t i = 0; i < n; i++)
			most = fmaxf(most, row[i]);
		for (int64_t i = 0; i < n; i++) {
			row[i] = expf(row[i] - most);
			sum += (double)row[i];
		}
		for (int64_t i = 0; i < n; i++)
			row[i] = (float)((double)row[i] / sum);
	}
}

int sampling_is_new(uint64_t *seen, uint64_t drawn)
{
	int is_new = *seen != drawn + 1;

	*seen = drawn + 1;
	return is_new;
}

/* The larger, the smaller: what is positive has its bits in its order. */
static uint32_t key_of(float p)
{
	uint32_t bits;

	memcpy(&bits, &p, sizeof bits);
	return ~bits;
}

static void sort_by_byte(const struct token *from, struct token *to, int64_t n,
                         int shift)
{
	int64_t at[BYTE + 1] = {0};

	for (int64_t i = 0; i < n; i++)
		at[(key_of(from[i].p) >> shift) % BYTE + 1]++;
	for (int b = 0; b < BYTE; b++)
		at[b + 1] += at[b];
	for (int64_t i = 0; i < n; i++)
		to[at[(key_of(from[i].p) >> shift) % BYTE]++] = from[i];
}

/* The most probable first, of equal ones the first; what is stored may be no
 * probability. Rows are long and many, so they are not compared. */
static struct token *sorted(const float *row, int64_t n)
{
	struct token *t = xcalloc((size_t)n, sizeof *t);
	struct token *other = xcalloc((size_t)n, sizeof *other);

	for (int64_t i = 0; i < n; i++)
		t[i] = (struct token){row[i] > 0 && isfinite(row[i]) ? row[i]
		                                                     : 0,
		                      (int32_t)i};
	for (int shift = 0; shift < 32; shift += 16) {
		sort_by_byte(t, other, n, shift);
		sort_by_byte(other, t, n, shift + 8);
	}
	free(other);
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
 * other may be. v chooses a place among a token's own or, for one that stands
 * for equal ones at top_k's or top_p's edge, among all that is kept of them. */
static double place_of(const struct token *t, int64_t n, int64_t k,
                       double top_p, int64_t drawn, double v)
{
	int64_t at = find_token(t, n, drawn), kept;
	double all = 0, before = 0;
	float own;

	if (at == n || t[at].p < t[nucleus(t, k, top_p, ROUNDING) - 1].p)
		return -1;
	kept = nucleus(t, k, top_p, 0);
	own = t[at].p;
	for (int64_t i = 0; i < kept; i++) {
		all += (double)t[i].p;
		if (at < kept ? i < at : t[i].p > own)
			before += (double)t[i].p;
	}
	if (kept == 1 || all <= 0)
		return NAN;
	return (before + v * (at < kept ? (double)own : all - before)) / all;
}

/* Can a kernel keep no others than these? Of equal ones at the edge it may. */
static int is_clear(const struct token *t, int64_t n, int64_t k, double top_p,
                    int64_t kept)
{
	return nucleus(t, k, top_p, ROUNDING) == kept &&
	       nucleus(t, k, top_p, -ROUNDING) == kept &&
	       (kept == n || t[kept].p < t[kept - 1].p);
}

/* Counts a draw by where it falls if the indices are in their order; v chooses
 * a place among its own. */
static void keep_by_index(struct sampling_tally *tally, const struct token *t,
                          int64_t kept, int64_t drawn, double v)
{
	double all = 0, before = 0;

	for (int64_t i = 0; i < kept; i++) {
		all += (double)t[i].p;
		if (t[i].index <= drawn)
			before += (t[i].index < drawn ? 1 : v) * (double)t[i].p;
	}
	sampling_keep_place(tally, BY_INDEX, before / all);
}

/* Counts a draw by the bits of its index. */
static void keep_bits(struct sampling_tally *tally, const struct token *t,
                      int64_t kept, int64_t drawn)
{
	double mass[SAMPLING_BITS] = {0}, all = 0;

	for (int64_t i = 0; i < kept; i++) {
		all += (double)t[i].p;
		for (unsigned bits = (unsigned)t[i].index; bits;
		     bits &= bits - 1)
			mass[__builtin_ctz(bits)] += (double)t[i].p;
	}
	for (int b = 0; b < SAMPLING_BITS; b++)
		mass[b] /= all;
	sampling_keep_bits(tally, mass, drawn);
}

/* Returns -1 if it may not be drawn; counts it, if it tells something. */
static int check_row(const struct sampling_call *c, int64_t row, int64_t drawn,
                     struct sampling_tally *tally)
{
	int64_t k = c->top_k ? c->top_k[row] : 0, kept;
	double top_p = c->top_p ? (double)c->top_p[row] : 1, place;
	double v = random_word(c->seed, 0, (uint64_t)row) * 0x1p-32;
	struct token *token = sorted(c->probs + row * c->n, c->n);

	k = k > 0 && k < c->n ? k : c->n;
	top_p = top_p < 1 ? top_p : 2;
	place = place_of(token, c->n, k, top_p, drawn, v);
	if (c->is_new && place >= 0) {
		kept = nucleus(token, k, top_p, 0);
		sampling_keep_place(tally, BY_PROBABILITY, place);
		if (is_clear(token, c->n, k, top_p, kept)) {
			keep_by_index(tally, token, kept, drawn, v);
			keep_bits(tally, token, kept, drawn);
		}
	}
	free(token);
	return place < 0 ? -1 : 0;
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
		int64_t drawn = drawn_of(c, row);

		if (check_row(c, row, drawn, t) == 0)
			continue;
		snprintf(detail, len, "row %lld: %lld was drawn, which %s",
		         (long long)row, (long long)drawn,
		         drawn < 0 || drawn >= c->n
		                 ? "is no index of probs"
		                 : "top_k and top_p do not allow");
		return -1;
	}
	return sampling_look(t, detail, len);
}
