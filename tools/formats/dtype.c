/* dtype - FlashInfer-Trace element types, their sizes and conversions */
#include "dtype.h"

#include <math.h>
#include <string.h>

/* Of the floating-point types: the width of the mantissa, the exponent's bias,
 * the code (without sign) of the largest finite number, and whether codes
 * beyond it are infinity and NaN, NaN alone, or do not exist. */
static const struct dtype_facts {
	const char *name, *safetensors;
	uint8_t bits, dlpack;
	uint8_t mantissa;
	int16_t bias;
	uint32_t largest;
	enum { NOTHING, NAN_ONLY, INFINITY_NAN } beyond;
} facts[DTYPE_COUNT] = {
        [DTYPE_FLOAT32] = {"float32", "F32", 32, 2, 23, 127, 0x7f7fffff,
                           INFINITY_NAN},
        [DTYPE_FLOAT16] = {"float16", "F16", 16, 2, 10, 15, 0x7bff,
                           INFINITY_NAN},
        [DTYPE_BFLOAT16] = {"bfloat16", "BF16", 16, 4, 7, 127, 0x7f7f,
                            INFINITY_NAN},
        [DTYPE_FLOAT8_E4M3FN] = {"float8_e4m3fn", "F8_E4M3", 8, 10, 3, 7, 0x7e,
                                 NAN_ONLY},
        [DTYPE_FLOAT8_E5M2] = {"float8_e5m2", "F8_E5M2", 8, 12, 2, 15, 0x7b,
                               INFINITY_NAN},
        [DTYPE_FLOAT4_E2M1] = {"float4_e2m1", "F4", 4, 17, 1, 1, 0x7, NOTHING},
        [DTYPE_INT64] = {"int64", "I64", 64, 0, 0, 0, 0, NOTHING},
        [DTYPE_INT32] = {"int32", "I32", 32, 0, 0, 0, 0, NOTHING},
        [DTYPE_INT16] = {"int16", "I16", 16, 0, 0, 0, 0, NOTHING},
        [DTYPE_INT8] = {"int8", "I8", 8, 0, 0, 0, 0, NOTHING},
        [DTYPE_BOOL] = {"bool", "BOOL", 8, 6, 0, 0, 0, NOTHING},
};

int dtype_parse(const char *name, enum dtype *out)
{
	for (int t = 0; t < DTYPE_COUNT; t++) {
		if (strcmp(name, facts[t].name) == 0) {
			*out = (enum dtype)t;
			return 0;
		}
	}
	return -1;
}

const char *dtype_name(enum dtype t)
{
	return facts[t].name;
}

const char *dtype_safetensors_name(enum dtype t)
{
	return facts[t].safetensors;
}

unsigned dtype_bits(enum dtype t)
{
	return facts[t].bits;
}

size_t dtype_bytes(enum dtype t, size_t elements)
{
	size_t bits = facts[t].bits;

	if (elements > SIZE_MAX / 8)
		return SIZE_MAX;
	return elements / 8 * bits + (elements % 8 * bits + 7) / 8;
}

int dtype_is_float(enum dtype t)
{
	return facts[t].bias != 0;
}

const char *dtype_scalar(enum dtype t)
{
	if (t == DTYPE_BOOL)
		return "bool";
	return dtype_is_float(t) ? "double" : "int64_t";
}

uint8_t dtype_dlpack_code(enum dtype t)
{
	return facts[t].dlpack;
}

/* 2 to the power of a normal double's exponent. */
static double power2(int exponent)
{
	uint64_t bits = (uint64_t)(exponent + 1023) << 52;
	double x;

	memcpy(&x, &bits, sizeof x);
	return x;
}

static double decode(const struct dtype_facts *t, uint32_t code)
{
	uint32_t sign = code >> (t->bits - 1);
	uint32_t rest = code & ~(sign << (t->bits - 1));
	uint32_t fraction = rest & ((1u << t->mantissa) - 1);
	int exponent = (int)(rest >> t->mantissa);
	double x;

	if (rest > t->largest)
		x = t->beyond == INFINITY_NAN && fraction == 0 ? INFINITY : NAN;
	else if (exponent == 0)
		x = fraction * power2(1 - t->bias - t->mantissa);
	else
		x = (fraction + (1u << t->mantissa)) *
		    power2(exponent - t->bias - t->mantissa);
	return sign ? -x : x;
}

/* The exponent of |x|, kept to what t has. */
static int exponent_of(const struct dtype_facts *t, double x)
{
	int least = 1 - t->bias;
	int most = (int)(t->largest >> t->mantissa) - t->bias;
	uint64_t bits;
	int exponent;

	memcpy(&bits, &x, sizeof bits);
	exponent = (int)(bits >> 52 & 0x7ff) - 1023;
	return exponent < least ? least : exponent > most ? most : exponent;
}

static uint32_t encode(const struct dtype_facts *t, double x)
{
	uint32_t sign = (uint32_t)(signbit(x) != 0) << (t->bits - 1);
	uint32_t infinity = t->largest + 1; /* where there is one */
	int exponent = exponent_of(t, x), least = 1 - t->bias;
	double steps;
	uint32_t code;

	if (isnan(x)) {
		if (t->beyond == NOTHING)
			return t->largest;
		if (t->beyond == NAN_ONLY)
			return sign | infinity;
		return sign | infinity | 1u << (t->mantissa - 1);
	}
	/* In units of the last place: a carry out of the mantissa lands in the
	 * exponent, where it belongs. */
	steps = rint(fabs(x) * power2(t->mantissa - exponent));
	code = infinity;
	if (steps <= (double)(2u << t->mantissa))
		code = ((uint32_t)(exponent - least) << t->mantissa) +
		       (uint32_t)steps;
	if (code > t->largest)
		code = t->beyond == INFINITY_NAN ? infinity : t->largest;
	return sign | code;
}

static int64_t to_integer(double x, unsigned bits)
{
	double limit = power2((int)bits - 1);

	if (isnan(x))
		return 0;
	x = rint(x);
	if (x >= limit)
		return INT64_MAX >> (64 - bits);
	if (x < -limit)
		return INT64_MIN >> (64 - bits);
	return (int64_t)x;
}

static double load_integer(enum dtype t, const unsigned char *at)
{
	int64_t wide;
	int32_t word;
	int16_t half;

	switch (t) {
	case DTYPE_INT64:
		memcpy(&wide, at, sizeof wide);
		return (double)wide;
	case DTYPE_INT32:
		memcpy(&word, at, sizeof word);
		return word;
	case DTYPE_INT16:
		memcpy(&half, at, sizeof half);
		return half;
	case DTYPE_INT8:
		return (int8_t)*at;
	default:
		return *at != 0;
	}
}

double dtype_load(enum dtype t, const void *array, size_t i)
{
	const unsigned char *at = array;
	uint32_t code = 0;
	float single;

	if (t == DTYPE_FLOAT4_E2M1)
		return decode(&facts[t], at[i / 2] >> (i % 2 * 4) & 0xf);
	at += i * (facts[t].bits / 8);
	if (!dtype_is_float(t))
		return load_integer(t, at);
	if (t == DTYPE_FLOAT32) {
		memcpy(&single, at, sizeof single);
		return (double)single;
	}
	memcpy(&code, at, facts[t].bits / 8);
	return decode(&facts[t], code);
}

void dtype_store(enum dtype t, void *array, size_t i, double value)
{
	unsigned char *at = array;
	float single;
	int64_t integer;
	uint32_t code;

	if (t == DTYPE_FLOAT4_E2M1) {
		unsigned shift = i % 2 * 4;

		code = encode(&facts[t], value) << shift;
		at[i / 2] =
		        (unsigned char)((at[i / 2] & (0xf0u >> shift)) | code);
		return;
	}
	at += i * (facts[t].bits / 8);
	if (t == DTYPE_FLOAT32) {
		single = (float)value;
		memcpy(at, &single, sizeof single);
	} else if (dtype_is_float(t)) {
		code = encode(&facts[t], value);
		memcpy(at, &code, facts[t].bits / 8);
	} else {
		integer = t == DTYPE_BOOL ? value != 0
		                          : to_integer(value, facts[t].bits);
		memcpy(at, &integer, facts[t].bits / 8);
	}
}

double dtype_ulp(enum dtype t, double x)
{
	if (!dtype_is_float(t))
		return 0;
	return power2(exponent_of(&facts[t], x) - facts[t].mantissa);
}
