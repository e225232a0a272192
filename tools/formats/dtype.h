/* dtype - FlashInfer-Trace element types, their sizes and conversions
 *
 * Conversions from double round to nearest, ties to even. Out of range:
 * float8_e4m3fn and float4_e2m1 saturate to the largest finite value,
 * the others with infinities overflow to infinity as IEEE 754 does, integers
 * saturate. NaN is 0 as an integer and the largest number as float4_e2m1.
 */
#ifndef DTYPE_H
#define DTYPE_H

#include <stddef.h>
#include <stdint.h>

enum dtype {
	DTYPE_FLOAT32,
	DTYPE_FLOAT16,
	DTYPE_BFLOAT16,
	DTYPE_FLOAT8_E4M3FN,
	DTYPE_FLOAT8_E5M2,
	DTYPE_FLOAT4_E2M1, /* two a byte, low nibble first */
	DTYPE_INT64,
	DTYPE_INT32,
	DTYPE_INT16,
	DTYPE_INT8,
	DTYPE_BOOL,
	DTYPE_COUNT
};

/* Returns -1 for an unknown name. */
int dtype_parse(const char *name, enum dtype *out);
const char *dtype_name(enum dtype t);
const char *dtype_safetensors_name(enum dtype t); /* "BF16" */
unsigned dtype_bits(enum dtype t);
/* Of a packed array; SIZE_MAX if that overflows. */
size_t dtype_bytes(enum dtype t, size_t elements);
int dtype_is_float(enum dtype t);
const char *dtype_scalar(enum dtype t); /* in C, as an argument: "double" */

/* DLPack's DLDataTypeCode. */
uint8_t dtype_dlpack_code(enum dtype t);

/* Element i of a packed array. int64 beyond 2^53 loses its low bits here. */
double dtype_load(enum dtype t, const void *array, size_t i);
void dtype_store(enum dtype t, void *array, size_t i, double value);

/* The spacing of representable numbers at |x|, below the largest one's (0 for
 * integer types). */
double dtype_ulp(enum dtype t, double x);

#endif
