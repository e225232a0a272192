/* check-output - what check.h says of outputs that are known to be right or
 * wrong; prints each that it gets wrong
 */
#include "check.h"
#include "verdict.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COUNT 1000 /* some blocks, and a rest */
#define SEED 77

static int failures;

struct trial {
	enum dtype dtype;
	struct check_rule rule;
	unsigned char *slot, *out, *expected;
	size_t bytes;
};

static const struct check_rule strict = {1e-2, 1e-2, 1, 0, 0, 0};

/* An output that equals what is expected. */
static struct trial begin(enum dtype t, struct check_rule rule)
{
	struct trial r = {.dtype = t, .rule = rule};

	r.bytes = dtype_bytes(t, COUNT);
	r.slot = aligned_alloc(256, poison_slot_bytes(r.bytes));
	r.expected = calloc(1, r.bytes);
	if (!r.slot || !r.expected)
		exit(2);
	poison_fill(r.slot, r.bytes, SEED);
	r.out = r.slot + RED_ZONE;
	for (size_t i = 0; i < COUNT; i++)
		dtype_store(t, r.expected, i, i % 3 == 0 ? 0 : 1);
	memcpy(r.out, r.expected, r.bytes);
	return r;
}

static void end(struct trial *r, const char *what, const char *want)
{
	struct check c;
	char detail[200];
	const char *got;

	check_output(r->dtype, r->out, r->expected, COUNT, SEED, &r->rule, &c);
	got = check_reason(&c, &r->rule, detail, sizeof detail);
	if (strcmp(got ? got : "ok", want)) {
		printf("%s, %s: want %s, got %s\n", dtype_name(r->dtype), what,
		       want, got ? got : "ok");
		failures++;
	}
	free(r->slot);
	free(r->expected);
}

static void try_type(enum dtype t)
{
	static const size_t at[] = {0, 255, 256, 511, COUNT - 1};
	struct trial r = begin(t, strict);

	end(&r, "right", "ok");
	for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
		r = begin(t, strict);
		dtype_store(t, r.out, at[i], at[i] % 3 == 0 ? 1 : 0);
		end(&r, "one wrong", REASON_WRONG);
	}
	r = begin(t, strict);
	poison_fill(r.slot, r.bytes, SEED);
	end(&r, "nothing written", REASON_UNWRITTEN);
	r = begin(t, strict);
	r.slot[0] ^= 1;
	end(&r, "the first byte before", REASON_RED_ZONE);
	r = begin(t, strict);
	r.out[r.bytes] ^= 0x80;
	end(&r, "the first byte behind", REASON_RED_ZONE);
	r = begin(t, strict);
	r.slot[poison_slot_bytes(r.bytes) - 1] ^= 1;
	end(&r, "the last byte behind", REASON_RED_ZONE);
}

/* Element 500 of both. */
static void try_value(double out, double expected, const char *what,
                      const char *want)
{
	struct trial r = begin(DTYPE_FLOAT32, strict);

	dtype_store(r.dtype, r.out, 500, out);
	dtype_store(r.dtype, r.expected, 500, expected);
	end(&r, what, want);
}

static void try_values(void)
{
	try_value(NAN, 1, "NaN", REASON_NONFINITE);
	try_value(INFINITY, 1, "Inf", REASON_NONFINITE);
	try_value(1, NAN, "NaN expected", REASON_NONFINITE);
	try_value(1, INFINITY, "Inf expected", REASON_NONFINITE);
	try_value(NAN, INFINITY, "NaN for Inf", REASON_NONFINITE);
	try_value(-INFINITY, INFINITY, "Inf of another sign", REASON_NONFINITE);
	try_value(NAN, NAN, "NaN for NaN", "ok");
	try_value(INFINITY, INFINITY, "Inf for Inf", "ok");
	try_value(0.009, 0, "within atol", "ok");
	try_value(0.011, 0, "beyond atol, at zero", REASON_WRONG);
	try_value(1009, 1000, "within rtol", "ok");
	try_value(1011, 1000, "beyond rtol", REASON_WRONG);
}

/* With so many of COUNT elements wrong. */
static void try_rule(struct check_rule rule, int wrong, float by,
                     const char *what, const char *want)
{
	struct trial r = begin(DTYPE_FLOAT32, rule);
	float *out = (float *)(void *)r.out;

	for (int i = 0; i < wrong; i++)
		out[i] += by;
	end(&r, what, want);
}

static void try_rules(void)
{
	const struct check_rule loose = {1e-2, 1e-2, 0.9, 0, 0, 0};
	const struct check_rule precise = {1e-2, 1e-2, 1, 1e-4, 0, 0};
	const struct check_rule rounded = {1e-2, 1e-2, 1, 1e-4, 2e-3, 0};
	const struct check_rule exact = {0, 0, 1, 0, 0, 0};
	struct trial r = begin(DTYPE_FLOAT32, loose);

	try_rule(loose, 100, 1, "a tenth wrong of a tenth allowed", "ok");
	try_rule(loose, 101, 1, "more than allowed", REASON_WRONG);
	try_rule(loose, 1, NAN, "one NaN where some may fail",
	         REASON_NONFINITE);
	try_rule(precise, COUNT, 0.001f, "imprecise", REASON_PRECISION);
	try_rule(precise, COUNT, 0.00001f, "precise", "ok");
	try_rule(rounded, COUNT, 0.001f, "no more than rounding", "ok");
	try_rule(rounded, COUNT, 0.005f, "more than rounding",
	         REASON_PRECISION);
	try_rule(exact, 1, 1e-6f, "not exact", REASON_WRONG);
	try_rule(exact, 0, 0, "exact", "ok");
	poison_fill(r.slot, r.bytes, SEED);
	memcpy(r.out, r.expected, r.bytes - 50 * sizeof(float));
	end(&r, "a row left out where some may fail", REASON_UNWRITTEN);
}

/* A wrong element of 4 bits is what was there before once in sixteen. */
static void try_halves(void)
{
	const struct check_rule loose = {1e-2, 1e-2, 0.9, 0, 0, 0};
	struct trial r = begin(DTYPE_FLOAT4_E2M1, loose);

	for (size_t i = 0; i < 100; i++)
		dtype_store(r.dtype, r.out, i, i % 3 == 0 ? 1 : 0);
	end(&r, "a tenth wrong of a tenth allowed", "ok");
}

/* All true values tiny, all within atol. */
static void try_tiny(double out, const char *what, const char *want)
{
	const struct check_rule rule = {1e-2, 1e-2, 1, 1e-4, 0, 0};
	struct trial r = begin(DTYPE_FLOAT32, rule);

	for (size_t i = 0; i < COUNT; i++) {
		dtype_store(r.dtype, r.expected, i, 1e-5);
		dtype_store(r.dtype, r.out, i, out);
	}
	end(&r, what, want);
}

/* One large element, which is off by so many ulps of a float16. */
static void try_large(double ulps, const char *what, const char *want)
{
	const struct check_rule rule = {1, 1, 1, 4.9e-4, 0, 0x1p-10};
	struct trial r = begin(DTYPE_FLOAT32, rule);

	dtype_store(r.dtype, r.expected, 3, 600);
	dtype_store(r.dtype, r.out, 3, 600 + ulps * 0.5);
	end(&r, what, want);
}

int main(void)
{
	for (int t = 0; t < DTYPE_COUNT; t++)
		try_type((enum dtype)t);
	try_values();
	try_rules();
	try_halves();
	try_tiny(1e-5, "tiny", "ok");
	try_tiny(1.01e-5, "tiny and imprecise", REASON_PRECISION);
	try_large(1, "a large element rounded the other way", "ok");
	try_large(2, "a large element that is wrong", REASON_PRECISION);
	try_tiny(0, "zeros instead of what is tiny", REASON_WRONG);
	return failures > 0;
}
