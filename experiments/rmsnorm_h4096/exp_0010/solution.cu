/* rmsnorm_h4096 - y = x / sqrt(mean(x^2) + 1e-5) * weight, row by row
 *
 * A CTA takes one row at a time: the sum of squares by all its threads, then
 * the scaling.
 */
#include "ratchet.h"

#include <cuda_bf16.h>

#define H 4096
#define EPSILON 1e-5f

// knob: THREADS 64 128 256 512 1024
#define THREADS 1024

/* Elements a load: 8 make 16 bytes. */
// knob: VEC 1 2 4 8
#define VEC 4

/* Rows that a CTA takes one after the other. */
// knob: ROWS_PER_CTA 1 2 4 8
#define ROWS_PER_CTA 1

/* 1: keep the row in registers; 0: read it again to scale it. */
// knob: KEEP 0 1
#define KEEP 1

/* 1: fetch the weights before the sum is known. */
// knob: WEIGHT_EARLY 0 1
#define WEIGHT_EARLY 0

/* 1: tell the caches that rows are used once. */
// knob: STREAM 0 1
#define STREAM 0

namespace
{
constexpr int STEP = THREADS * VEC;
constexpr int LOADS = (H + STEP - 1) / STEP; /* of a thread, a row */

template <int BYTES> struct bits;
template <> struct bits<2> {
	using type = unsigned short;
};
template <> struct bits<4> {
	using type = unsigned;
};
template <> struct bits<8> {
	using type = uint2;
};
template <> struct bits<16> {
	using type = uint4;
};
using word = bits<2 * VEC>::type;

union chunk {
	word w;
	unsigned short h[VEC];
};

__device__ float widen(unsigned short h)
{
	return __uint_as_float((unsigned)h << 16);
}

__device__ chunk load(const word *p)
{
	chunk c;

	c.w = STREAM ? __ldcs(p) : *p;
	return c;
}

__device__ float sum_over_cta(float x)
{
	__shared__ float of_warp[THREADS / 32];
	float sum = 0;

	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	__syncthreads(); /* the row before may still be read */
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	for (int i = 0; i < THREADS / 32; i++)
		sum += of_warp[i];
	return sum;
}

__device__ void normalize(const word *x, const word *weight, word *y)
{
	chunk row[LOADS], factor[LOADS];
	float sum = 0, scale;

#pragma unroll
	for (int i = 0; i < LOADS; i++) {
		int at = i * THREADS + threadIdx.x;

		if (at * VEC >= H)
			break;
		row[i] = load(x + at);
		if (WEIGHT_EARLY)
			factor[i].w = weight[at];
#pragma unroll
		for (int j = 0; j < VEC; j++)
			sum += widen(row[i].h[j]) * widen(row[i].h[j]);
	}
	scale = rsqrtf(sum_over_cta(sum) / H + EPSILON);
#pragma unroll
	for (int i = 0; i < LOADS; i++) {
		int at = i * THREADS + threadIdx.x;
		chunk out;

		if (at * VEC >= H)
			break;
		if (!KEEP)
			row[i] = load(x + at);
		if (!WEIGHT_EARLY)
			factor[i].w = weight[at];
#pragma unroll
		for (int j = 0; j < VEC; j++)
			out.h[j] = __bfloat16_as_ushort(
			        __float2bfloat16_rn(widen(row[i].h[j]) * scale *
			                            widen(factor[i].h[j])));
		if (STREAM)
			__stcs(y + at, out.w);
		else
			y[at] = out.w;
	}
}

__global__ void __launch_bounds__(THREADS)
        rmsnorm(const word *x, const word *weight, word *y, int64_t rows)
{
	int64_t first = (int64_t)blockIdx.x * ROWS_PER_CTA;

	for (int64_t r = first; r < first + ROWS_PER_CTA && r < rows; r++)
		normalize(x + r * (H / VEC), weight, y + r * (H / VEC));
}
} // namespace

static int run(const DLTensor *x, const DLTensor *weight, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0);
	int64_t ctas = (rows + ROWS_PER_CTA - 1) / ROWS_PER_CTA;

	if (RATCHET_WANT(x, RATCHET_BFLOAT16, -1, H) ||
	    RATCHET_WANT(weight, RATCHET_BFLOAT16, H) ||
	    RATCHET_WANT(y, RATCHET_BFLOAT16, rows, H))
		return -1;
	rmsnorm<<<(unsigned)ctas, THREADS, 0, ratchet_stream(x)>>>(
	        (const word *)ratchet_data(x),
	        (const word *)ratchet_data(weight), (word *)ratchet_data(y),
	        rows);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
