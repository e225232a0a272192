/* packed_rows - see kernel.c; -DVARIANT=name chooses how it is wrong
 *
 * `packed` is the reference; the inputs of `packed_mixed` are made by where a
 * row is, which no two windows agree on; `packed_writes` changes inputs when it
 * runs.
 */
#include "ratchet.h"

#define BYTES 132

enum variant {
	packed,
	packed_many,
	packed_unscaled,
	packed_wants,
	packed_mixed,
	packed_writes,
	packed_fails
};
constexpr variant V = VARIANT;

/* A thread a page. */
__global__ void add_up(const int *words, float factor, float *y, int64_t pages)
{
	int64_t p = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
	const int *page = words + p * (BYTES / 4);
	float scale;
	int sum = 0;

	if (p >= pages)
		return;
	for (int i = 0; i < BYTES / 4 - 1; i++)
		sum = __dp4a(page[i], 0x01010101, sum);
	scale = V == packed_unscaled ? 1 : __int_as_float(page[BYTES / 4 - 1]);
	if (V == packed_wants && !(scale >= 0.0625f && scale <= 8))
		sum = -sum - 1;
	if (V == packed_writes)
		*(int *)page = ~*page;
	y[p] = factor * scale * (float)sum;
}

static int run(double factor, const DLTensor *pages, const DLTensor *y)
{
	int64_t n = ratchet_extent(pages, 0);

	add_up<<<(unsigned)((n + 255) / 256), 256, 0, ratchet_stream(y)>>>(
	        (const int *)ratchet_data(pages), (float)factor,
	        (float *)ratchet_data(y), n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, float64, tensor, tensor)

__global__ void make_scales(int8_t *bytes, int64_t pages)
{
	int64_t p = blockIdx.x * (int64_t)blockDim.x + threadIdx.x;
	int8_t *page = bytes + p * BYTES;
	int by;

	if (p >= pages)
		return;
	by = V == packed_mixed ? (int)(p >> 6) : page[BYTES - 1];
	*(float *)(page + BYTES - 4) = 0.0625f * (float)(1 << (by & 7));
}

static int make(double factor, const DLTensor *pages)
{
	int64_t n = ratchet_extent(pages, 0);

	(void)factor;
	if (V == packed_fails)
		return ratchet_fail("ValueError", "cannot make them");
	make_scales<<<(unsigned)((n + 255) / 256), 256, 0,
	              ratchet_stream(pages)>>>((int8_t *)ratchet_data(pages),
	                                       n);
	return ratchet_launched();
}
RATCHET_EXPORT_AS(inputs, make, float64, tensor)
