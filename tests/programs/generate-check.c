/* generate-check - are planted values what random.h says? Prints each that is
 * not. `generate-check cuda` asks whether a GPU makes the same bits.
 */
#include "generate.h"
#include "gpu.h"
#include "job_rule.h"
#include "memory.h"

#include <err.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROWS 403
#define ROW 37 /* neither is a multiple of four */
#define COUNT ((size_t)ROWS * ROW)
#define SEED 0x123456789abcdefu
#define FLOAT16_MAX 65504.0

static int failures;

static void fail(enum dtype t, enum plant p, const char *what)
{
	printf("%s, %s: %s\n", dtype_name(t), plant_name(p), what);
	failures++;
}

static void *make(enum dtype t, enum plant p, uint64_t stream)
{
	struct random_form form = generate_form(t, p, COUNT, ROW);
	void *array = xcalloc(1, dtype_bytes(t, COUNT));

	generate_tensor(t, array, COUNT, &form, SEED, stream);
	return array;
}

/* How many elements of a row differ from the plain ones. */
static int differing(enum dtype t, const void *a, const void *b, size_t row)
{
	int count = 0;

	for (size_t i = row * ROW; i < (row + 1) * ROW; i++)
		count += dtype_load(t, a, i) != dtype_load(t, b, i);
	return count;
}

static int is_denormal(enum dtype t, double x)
{
	return dtype_ulp(t, x) == dtype_ulp(t, 0);
}

/* Which of the planted rows' kinds a row is, or -1. */
static int kind_of_row(enum dtype t, const void *a, size_t row)
{
	double first = dtype_load(t, a, row * ROW), x = first;
	int same = 0, opposite = 0, small = 0, huge = 0;

	for (size_t i = 0; i < ROW; i++) {
		double last = x;

		x = dtype_load(t, a, row * ROW + i);
		same += x == first;
		opposite += i && x == -last && x != 0;
		small += is_denormal(t, x);
		huge += fabs(x) > 5 || (t == DTYPE_FLOAT4_E2M1 && x == 6);
	}
	if (same == ROW)
		return first == 0 ? PLANT_ROW_ZERO : PLANT_ROW_CONSTANT;
	if (opposite == ROW - 1)
		return PLANT_ROW_ALTERNATING;
	return small == ROW ? PLANT_ROW_DENORMAL
	       : huge == 1  ? PLANT_ROW_OUTLIER
	                    : -1;
}

static void check_rows(enum dtype t)
{
	void *plain = make(t, PLANT_NONE, 1), *a = make(t, PLANT_ROWS, 1);
	int planted = 0, seen[PLANT_ROW_COUNT] = {0};
	double largest = 0;

	for (size_t row = 0; row < ROWS; row++) {
		int kind;

		if (!differing(t, a, plain, row))
			continue;
		planted++;
		kind = kind_of_row(t, a, row);
		if (kind >= 0)
			seen[kind]++;
		else if (dtype_bits(t) > 8)
			fail(t, PLANT_ROWS, "a row of no kind");
	}
	for (size_t i = 0; i < COUNT; i++)
		largest = fmax(largest, fabs(dtype_load(t, a, i)));
	if (largest * largest > FLOAT16_MAX / 2)
		fail(t, PLANT_ROWS, "a product comes near float16's end");
	if (planted < ROWS / 5 || planted > ROWS / 4 + 1)
		fail(t, PLANT_ROWS, "not a quarter of the rows");
	for (int k = 0; k < PLANT_ROW_COUNT; k++) {
		if (!seen[k])
			fail(t, PLANT_ROWS, "a kind is missing");
	}
	free(plain);
	free(a);
}

/* Every element is the plain one times a power of two, or an integer. */
static void check_all(enum dtype t, enum plant p)
{
	void *plain = make(t, PLANT_NONE, 1), *a = make(t, p, 1);
	int denormals = 0, bad = 0;

	for (size_t i = 0; i < COUNT; i++) {
		double x = dtype_load(t, a, i), y = dtype_load(t, plain, i);
		double factor = p == PLANT_TINY ? 0x1p-12 : x / y;

		denormals += is_denormal(t, x);
		if (p == PLANT_INTEGERS)
			bad += x != nearbyint(x) || fabs(x) > 2;
		else if (p == PLANT_LARGE)
			bad += y != 0 && factor != 4 && factor != 16;
		else
			bad += fabs(x - y * factor) > dtype_ulp(t, x);
	}
	if (bad && (p == PLANT_INTEGERS || dtype_bits(t) > 8))
		fail(t, p, "an element is not what it should be");
	if (p == PLANT_TINY && t == DTYPE_FLOAT16 && !denormals)
		fail(t, p, "no denormal");
	free(plain);
	free(a);
}

static void check_never(enum dtype t)
{
	for (int p = PLANT_NONE + 1; p < PLANT_COUNT; p++) {
		void *plain = make(t, PLANT_NONE, 2);
		void *a = make(t, (enum plant)p, 2);

		if (memcmp(plain, a, dtype_bytes(t, COUNT)))
			fail(t, (enum plant)p, "planted");
		free(plain);
		free(a);
	}
}

static void check_cpu(void)
{
	struct random_form one =
	        generate_form(DTYPE_FLOAT32, PLANT_ROWS, ROW, ROW);

	if (one.plant != PLANT_NONE)
		fail(DTYPE_FLOAT32, PLANT_ROWS, "the only row is planted");
	for (int t = 0; t < DTYPE_COUNT; t++) {
		if (!dtype_is_float((enum dtype)t)) {
			check_never((enum dtype)t);
			continue;
		}
		check_rows((enum dtype)t);
		check_all((enum dtype)t, PLANT_LARGE);
		check_all((enum dtype)t, PLANT_TINY);
		check_all((enum dtype)t, PLANT_INTEGERS);
	}
}

static void compare_cuda(struct gpu *g, enum dtype t, enum plant p)
{
	struct random_form form = generate_form(t, p, COUNT, ROW);
	size_t bytes = dtype_bytes(t, COUNT), part = 512;
	void *want = make(t, p, 3), *got = xcalloc(1, bytes);
	cu_address a;
	struct fault f;

	if (CU(cuMemAlloc(&a, bytes), &f) ||
	    gpu_generate(g, t, a, 0, part, &form, SEED, 3, &f) ||
	    gpu_generate(g, t, a + dtype_bytes(t, part), part, COUNT - part,
	                 &form, SEED, 3, &f) ||
	    gpu_wait(g, &f) || CU(cuMemcpyDtoH(got, a, bytes), &f))
		errx(2, "%s", f.text);
	if (memcmp(want, got, bytes))
		fail(t, p, "the GPU's bits differ");
	cuda.cuMemFree(a);
	free(want);
	free(got);
}

static void check_cuda(void)
{
	static struct gpu g;
	struct fault f;

	if (gpu_open(&g, &f))
		errx(2, "%s", f.text);
	for (int t = 0; t < DTYPE_COUNT; t++) {
		if (t == DTYPE_FLOAT4_E2M1)
			continue; /* is not judged on a GPU */
		for (int p = PLANT_NONE; p < PLANT_COUNT; p++)
			compare_cuda(&g, (enum dtype)t, (enum plant)p);
	}
}

int main(int argc, char *argv[])
{
	if (argc > 1 && strcmp(argv[1], "cuda") == 0)
		check_cuda();
	else
		check_cpu();
	return failures > 0;
}
