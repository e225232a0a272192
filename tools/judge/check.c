/* check - is an output right? Every element, NaN included
 *
 * Elements are taken in blocks, converted to double, and a block is looked at
 * one by one only if something in it does not hold.
 */
#include "check.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define BLOCK 256
#define LANES 8       /* independent sums, for the processor's pipelines */
#define TINY 1e-8     /* FlashInfer-Bench's guard of the relative error */
#define IMPRECISE 0.1 /* a larger rms ratio is not for want of precision */
#define FEW 16
#define ROUND_UP(n) (((n) + 255) / 256 * 256)

/* The k-th 8 bytes of a slot: splitmix64. */
static uint64_t poison_word(uint64_t seed, uint64_t k)
{
	uint64_t z = seed + (k + 1) * 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static uint8_t poison_byte(uint64_t seed, uint64_t at)
{
	return (uint8_t)(poison_word(seed, at / 8) >> at % 8 * 8);
}

size_t poison_slot_bytes(size_t output_bytes)
{
	return RED_ZONE + ROUND_UP(output_bytes) + RED_ZONE;
}

void poison_fill(void *slot, size_t bytes, uint64_t poison_seed)
{
	uint64_t *word = slot;
	size_t count = poison_slot_bytes(bytes) / sizeof *word;

	for (size_t k = 0; k < count; k++)
		word[k] = poison_word(poison_seed, k);
}

/* Bytes from..to of the slot that are the poison no longer. */
static int64_t count_changed(const uint8_t *slot, size_t from, size_t to,
                             uint64_t seed)
{
	int64_t changed = 0;

	for (size_t at = from; at < to; at++)
		changed += slot[at] != poison_byte(seed, at);
	return changed;
}

/* Is element i still what poison_fill put there, and where two are a byte, the
 * other one, too? */
static int is_poison(enum dtype t, const uint8_t *out, size_t i, uint64_t seed)
{
	size_t bits = dtype_bits(t), first = i * bits / 8;

	for (size_t b = first; b < first + (bits + 7) / 8; b++) {
		if (out[b] != poison_byte(seed, RED_ZONE + b))
			return 0;
	}
	return 1;
}

static float float_of_bits(uint32_t u)
{
	float x;

	memcpy(&x, &u, sizeof x);
	return x;
}

/* Of binary16, without a branch: the exponent is moved by a multiplication,
 * which also makes subnormals right. */
static float half_to_float(uint16_t h)
{
	uint32_t sign = (uint32_t)(h & 0x8000) << 16;
	uint32_t rest = (uint32_t)(h & 0x7fff);
	float x = float_of_bits(rest << 13) * 0x1p112f;
	uint32_t u;

	memcpy(&u, &x, sizeof u);
	/* Infinity and NaN keep their fraction. */
	u = rest >= 0x7c00 ? 0x7f800000 | rest << 13 : u;
	return float_of_bits(u | sign);
}

static void load_block(enum dtype t, const void *array, size_t at, size_t n,
                       double *out)
{
	const float *f32 = (const float *)array + (t == DTYPE_FLOAT32) * at;
	const uint16_t *u16 = (const uint16_t *)array;

	switch (t) {
	case DTYPE_FLOAT32:
		for (size_t i = 0; i < n; i++)
			out[i] = (double)f32[i];
		break;
	case DTYPE_BFLOAT16:
		for (size_t i = 0; i < n; i++)
			out[i] = (double)float_of_bits((uint32_t)u16[at + i]
			                               << 16);
		break;
	case DTYPE_FLOAT16:
		for (size_t i = 0; i < n; i++)
			out[i] = (double)half_to_float(u16[at + i]);
		break;
	case DTYPE_BOOL: /* as bytes: only 0 and 1 are right */
		for (size_t i = 0; i < n; i++)
			out[i] = (double)((const uint8_t *)array)[at + i];
		break;
	default:
		for (size_t i = 0; i < n; i++)
			out[i] = dtype_load(t, array, at + i);
	}
}

/* What the elements of an output add up to. */
struct sums {
	double abs[LANES], rel[LANES], error2[LANES], reference2[LANES];
	double largest[LANES];
};

/* Adds a block of a multiple of LANES elements; returns how many do not hold.
 * A NaN anywhere makes a comparison false, and so its element fails. */
static int add_block(const double *a, const double *b, size_t n,
                     const struct check_rule *rule, struct sums *s)
{
	int held[LANES] = {0}, sum = 0;

	for (size_t i = 0; i < n; i += LANES) {
		for (size_t l = 0; l < LANES; l++) {
			double d = fabs(a[i + l] - b[i + l]);
			double y = fabs(b[i + l]), r = d / (y + TINY);

			held[l] += (d <= rule->atol) | (r <= rule->rtol);
			s->abs[l] = d > s->abs[l] ? d : s->abs[l];
			s->rel[l] = r > s->rel[l] ? r : s->rel[l];
			s->error2[l] += d * d;
			s->reference2[l] += y * y;
			s->largest[l] = y > s->largest[l] ? y : s->largest[l];
		}
	}
	for (size_t l = 0; l < LANES; l++)
		sum += held[l];
	return (int)n - sum;
}

/* The same for one element that may fail. */
static void add_element(double a, double b, const struct check_rule *rule,
                        struct check *c, int64_t i, int poison)
{
	double d = fabs(a - b), r = d / (fabs(b) + TINY);
	int same = (isnan(a) && isnan(b)) || (isinf(a) && a == b);

	if (isfinite(a) && isfinite(b)) {
		c->error2 += d * d;
		c->reference2 += b * b;
		c->largest = fmax(c->largest, fabs(b));
	} else if (!same) {
		d = r = INFINITY;
	}
	if (same || d <= rule->atol || r <= rule->rtol) {
		d = same ? 0 : d;
		r = same ? 0 : r;
	} else {
		c->failed++;
		if (c->first < 0)
			c->first = i;
		if (poison)
			c->unwritten++;
		else
			c->nonfinite += !isfinite(a) || !isfinite(b);
	}
	c->max_abs = d > c->max_abs ? d : c->max_abs;
	c->max_rel = r > c->max_rel ? r : c->max_rel;
}

static void add_sums(struct check *c, const struct sums *s)
{
	for (size_t l = 0; l < LANES; l++) {
		c->max_abs = s->abs[l] > c->max_abs ? s->abs[l] : c->max_abs;
		c->max_rel = s->rel[l] > c->max_rel ? s->rel[l] : c->max_rel;
		c->error2 += s->error2[l];
		c->reference2 += s->reference2[l];
		c->largest = fmax(c->largest, s->largest[l]);
	}
}

static void compare(enum dtype t, const void *out, const void *expected,
                    int64_t n, const uint64_t *poison_seed,
                    const struct check_rule *rule, struct check *c)
{
	struct sums sums = {.abs = {0}};
	double a[BLOCK], b[BLOCK];

	*c = (struct check){.elements = n, .first = -1};
	for (size_t at = 0, len; at < (size_t)n; at += len) {
		struct sums before = sums;

		len = (size_t)n - at < BLOCK ? (size_t)n - at : BLOCK;
		load_block(t, out, at, len, a);
		load_block(t, expected, at, len, b);
		if (len % LANES == 0 && add_block(a, b, len, rule, &sums) == 0)
			continue;
		sums = before;
		for (size_t i = 0; i < len; i++)
			add_element(a[i], b[i], rule, c, (int64_t)(at + i),
			            poison_seed && is_poison(t, out, at + i,
			                                     *poison_seed));
	}
	add_sums(c, &sums);
}

int64_t check_red_zone(const void *out, size_t bytes, uint64_t poison_seed)
{
	const uint8_t *slot = (const uint8_t *)out - RED_ZONE;

	return count_changed(slot, 0, RED_ZONE, poison_seed) +
	       count_changed(slot, RED_ZONE + bytes, poison_slot_bytes(bytes),
	                     poison_seed);
}

void check_output(enum dtype t, const void *out, const void *expected,
                  int64_t n, uint64_t poison_seed,
                  const struct check_rule *rule, struct check *c)
{
	compare(t, out, expected, n, &poison_seed, rule, c);
	c->red_zone =
	        check_red_zone(out, dtype_bytes(t, (size_t)n), poison_seed);
}

void check_view(enum dtype t, const void *view, const void *expected, int64_t n,
                const struct check_rule *rule, struct check *c)
{
	compare(t, view, expected, n, NULL, rule, c);
}

double check_matched_ratio(const struct check *c)
{
	return c->elements > 0 ? 1 - (double)c->failed / (double)c->elements
	                       : 1;
}

double check_rms_ratio(const struct check *c)
{
	if (c->error2 == 0)
		return 0;
	return sqrt(c->error2 / c->reference2);
}

/* The poison's bits come up by chance in a right output too, once in 2^bits,
 * so a few of them prove nothing where some elements may fail. */
static int is_unwritten(const struct check *c, int fails)
{
	if (c->unwritten == 0)
		return 0;
	if (fails)
		return c->unwritten >= c->failed / 2;
	return c->unwritten >= 4 && c->unwritten > c->failed / 64;
}

/* Is the whole as exact as it has to be? A few elements may all be small by
 * chance, where sums cancel, and then say little of what makes them. */
static int is_precise(const struct check *c, const struct check_rule *rule)
{
	double bound = c->elements < FEW ? fmax(rule->precision, IMPRECISE)
	                                 : rule->precision;
	double room = rule->least * sqrt((double)c->elements) +
	              rule->ulp * c->largest;

	return rule->precision <= 0 ||
	       sqrt(c->error2) <= bound * sqrt(c->reference2) + room;
}

const char *check_reason(const struct check *c, const struct check_rule *rule,
                         char *detail, size_t len)
{
	int fails = !(check_matched_ratio(c) >= rule->matched_ratio);
	double rms = check_rms_ratio(c);

	if (c->red_zone > 0) {
		snprintf(detail, len, "%lld bytes changed beside an output",
		         (long long)c->red_zone);
		return REASON_RED_ZONE;
	}
	if (is_unwritten(c, fails)) {
		snprintf(detail, len,
		         "%lld of %lld elements never written, first at %lld",
		         (long long)c->unwritten, (long long)c->elements,
		         (long long)c->first);
		return REASON_UNWRITTEN;
	}
	if (c->nonfinite > 0) {
		snprintf(detail, len,
		         "%lld of %lld elements NaN or Inf unlike the "
		         "reference's, first failure at %lld",
		         (long long)c->nonfinite, (long long)c->elements,
		         (long long)c->first);
		return REASON_NONFINITE;
	}
	if (fails) {
		snprintf(detail, len,
		         "%lld of %lld elements wrong, first at %lld; largest "
		         "error %.3g absolute, %.3g relative",
		         (long long)c->failed, (long long)c->elements,
		         (long long)c->first, c->max_abs, c->max_rel);
		return REASON_WRONG;
	}
	if (!is_precise(c, rule)) {
		snprintf(detail, len,
		         "rms of errors over rms of values is %.3g, above %.3g",
		         rms, rule->precision);
		return rms <= IMPRECISE ? REASON_PRECISION : REASON_WRONG;
	}
	return NULL;
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void check_merge(struct check *worst, const struct check *c)
{
	if (check_matched_ratio(c) < check_matched_ratio(worst) ||
	    worst->elements == 0) {
		worst->elements = c->elements;
		worst->failed = c->failed;
		worst->first = c->first;
	}
	if (check_rms_ratio(c) > check_rms_ratio(worst) ||
	    worst->reference2 == 0) {
		worst->error2 = c->error2;
		worst->reference2 = c->reference2;
		worst->largest = c->largest;
	}
	worst->unwritten = larger(worst->unwritten, c->unwritten);
	worst->nonfinite = larger(worst->nonfinite, c->nonfinite);
	worst->red_zone = larger(worst->red_zone, c->red_zone);
	worst->max_abs = fmax(worst->max_abs, c->max_abs);
	worst->max_rel = fmax(worst->max_rel, c->max_rel);
}
