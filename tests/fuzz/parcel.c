/* parcel - fuzz entry: any bytes as what comes back of a job */
#include "parcel.h"
#include "input.h"

#include <stdio.h>
#include <string.h>

#define NONCE "0123456789abcdef0123456789abcdef"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct parcel p;
	struct fault f;
	FILE *in = size ? fmemopen((void *)(uintptr_t)data, size, "r") : NULL;

	if (!in)
		return 0;
	if (parcel_of_stream(&p, in, "parcel", NONCE, &f) == 0 &&
	    parcel_check(&p, "parcel", NONCE, "verify.jsonl", &f) == 0 &&
	    (p.len != p.bytes || p.len > size || p.answer < 0 || p.answer > 1))
		abort();
	parcel_free(&p);
	fclose(in);
	return 0;
}
