/* dtype-check - conversions, one by one or all codes of a small float
 *
 * dtype-check load TYPE CODE...    the numbers of codes
 * dtype-check store TYPE NUMBER... the codes of numbers
 * dtype-check ulp TYPE NUMBER...   the spacing there
 * dtype-check pack TYPE NUMBER...  the bytes of an array, over bits all set
 * dtype-check table TYPE           every code and its number
 * dtype-check codes TYPE           every code against a second derivation
 * dtype-check rounding TYPE        around every midpoint of two neighbours
 */
#include "dtype.h"
#include "tool.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t store(enum dtype t, double x)
{
	uint64_t code = 0;

	dtype_store(t, &code, 0, x);
	return code;
}

static double load(enum dtype t, uint64_t code)
{
	return dtype_load(t, &code, 0);
}

static int same(double a, double b)
{
	return isnan(a) || isnan(b) ? isnan(a) && isnan(b)
	                            : a == b && signbit(a) == signbit(b);
}

static unsigned mantissa_of(enum dtype t)
{
	switch (t) {
	case DTYPE_FLOAT16:
		return 10;
	case DTYPE_BFLOAT16:
		return 7;
	case DTYPE_FLOAT8_E4M3FN:
		return 3;
	case DTYPE_FLOAT8_E5M2:
		return 2;
	default:
		return 1;
	}
}

static double smallest_of(enum dtype t)
{
	switch (t) {
	case DTYPE_FLOAT16:
		return 0x1p-24;
	case DTYPE_BFLOAT16:
		return 0x1p-133;
	case DTYPE_FLOAT8_E4M3FN:
		return 0x1p-9;
	case DTYPE_FLOAT8_E5M2:
		return 0x1p-16;
	default:
		return 0.5;
	}
}

static double largest_of(enum dtype t)
{
	switch (t) {
	case DTYPE_FLOAT16:
		return 65504;
	case DTYPE_BFLOAT16:
		return 0x1.fep127;
	case DTYPE_FLOAT8_E4M3FN:
		return 448;
	case DTYPE_FLOAT8_E5M2:
		return 57344;
	default:
		return 6;
	}
}

/* Counts up from zero: each binade has as many codes and twice the step, but
 * for the first two, which share one. */
static int check_codes(enum dtype t)
{
	uint64_t half = 1ull << (dtype_bits(t) - 1);
	uint64_t binade = 1ull << mantissa_of(t);
	double x = 0, step = smallest_of(t);

	for (uint64_t code = 0; code < half; code++) {
		double want = x;

		if (x > largest_of(t))
			want = t != DTYPE_FLOAT8_E4M3FN && code % binade == 0
			               ? INFINITY
			               : NAN;
		if (!same(load(t, code), want) ||
		    !same(load(t, code | half), -want))
			errx(EXIT_NO, "%s code %#llx: want %a, got %a",
			     dtype_name(t), (unsigned long long)code, want,
			     load(t, code));
		if (!isnan(want) && store(t, -want) != (code | half))
			errx(EXIT_NO, "%s: %a is not stored as its code",
			     dtype_name(t), -want);
		if (code >= 2 * binade && code % binade == 0)
			step *= 2;
		x += step;
	}
	return EXIT_YES;
}

static void expect(enum dtype t, double x, uint64_t code)
{
	uint64_t half = 1ull << (dtype_bits(t) - 1);

	if (store(t, x) != code || store(t, -x) != (code | half))
		errx(EXIT_NO, "%s: %a: want code %#llx, got %#llx",
		     dtype_name(t), x, (unsigned long long)code,
		     (unsigned long long)store(t, x));
}

static int check_rounding(enum dtype t)
{
	uint64_t code = 0, even, last = store(t, largest_of(t));
	uint64_t beyond =
	        last + (t != DTYPE_FLOAT8_E4M3FN && t != DTYPE_FLOAT4_E2M1);
	double largest = largest_of(t), middle;

	for (; code < last; code++) {
		middle = (load(t, code) + load(t, code + 1)) / 2;
		even = code + (code & 1);
		expect(t, nextafter(middle, 0), code);
		expect(t, middle, even);
		expect(t, nextafter(middle, INFINITY), code + 1);
	}
	/* overflow begins half a step beyond the largest number */
	middle = largest + dtype_ulp(t, largest) / 2;
	expect(t, nextafter(middle, 0), last);
	expect(t, nextafter(middle, INFINITY), beyond);
	expect(t, middle, last & 1 ? beyond : last);
	expect(t, INFINITY, beyond);
	expect(t, 1e300, beyond);
	expect(t, 5e-324, 0);
	return EXIT_YES;
}

static int convert(const char *verb, enum dtype t, const char *text)
{
	if (strcmp(verb, "load") == 0)
		printf("%.17g\n", load(t, strtoull(text, NULL, 0)));
	else if (strcmp(verb, "store") == 0)
		printf("%#llx\n",
		       (unsigned long long)store(t, strtod(text, NULL)));
	else if (strcmp(verb, "ulp") == 0)
		printf("%a\n", dtype_ulp(t, strtod(text, NULL)));
	else
		return -1;
	return 0;
}

static void pack(enum dtype t, char **text, size_t count)
{
	size_t bytes = dtype_bytes(t, count);
	unsigned char *array = malloc(bytes);

	if (!array)
		err(EXIT_TROUBLE, "%zu bytes", bytes);
	memset(array, 0xff, bytes);
	for (size_t i = 0; i < count; i++)
		dtype_store(t, array, i, strtod(text[i], NULL));
	for (size_t i = 0; i < bytes; i++)
		printf("%02x", array[i]);
	for (size_t i = 0; i < count; i++)
		printf(" %g", dtype_load(t, array, i));
	puts("");
	free(array);
}

int main(int argc, char **argv)
{
	static const char usage[] = "dtype-check VERB TYPE [VALUE...]";
	enum dtype t;

	tool_start();
	if (argc < 3)
		tool_usage(usage);
	if (dtype_parse(argv[2], &t))
		errx(EXIT_TROUBLE, "unknown type %s", argv[2]);
	if (strcmp(argv[1], "codes") == 0)
		return check_codes(t);
	if (strcmp(argv[1], "rounding") == 0)
		return check_rounding(t);
	if (strcmp(argv[1], "table") == 0) {
		for (uint64_t c = 0; c < 1ull << dtype_bits(t); c++)
			printf("%llu %a\n", (unsigned long long)c, load(t, c));
		return EXIT_YES;
	}
	if (strcmp(argv[1], "pack") == 0) {
		pack(t, argv + 3, (size_t)argc - 3);
		return EXIT_YES;
	}
	for (int i = 3; i < argc; i++) {
		if (convert(argv[1], t, argv[i]))
			tool_usage(usage);
	}
	return EXIT_YES;
}
