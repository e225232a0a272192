/* rmsnorm_h4096 - what is right: all in double, one rounding */
#include "ratchet.h"

#include <cuda_bf16.h>

#define H 4096
#define EPSILON 1e-5
#define THREADS 256

/* One CTA a row. */
static __global__ void rmsnorm(const __nv_bfloat16 *x,
                               const __nv_bfloat16 *weight, __nv_bfloat16 *y)
{
	__shared__ double partial[THREADS];
	const __nv_bfloat16 *in = x + (int64_t)blockIdx.x * H;
	__nv_bfloat16 *out = y + (int64_t)blockIdx.x * H;
	int t = threadIdx.x;
	double sum = 0, scale;

	for (int i = t; i < H; i += THREADS) {
		double v = __bfloat162float(in[i]);

		sum += v * v;
	}
	partial[t] = sum;
	for (int n = THREADS / 2; n > 0; n /= 2) {
		__syncthreads();
		if (t < n)
			partial[t] += partial[t + n];
	}
	__syncthreads();
	scale = 1 / sqrt(partial[0] / H + EPSILON);
	for (int i = t; i < H; i += THREADS)
		out[i] = __double2bfloat16(__bfloat162float(in[i]) * scale *
		                           __bfloat162float(weight[i]));
}

static int run(const DLTensor *x, const DLTensor *weight, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_BFLOAT16, -1, H) ||
	    RATCHET_WANT(weight, RATCHET_BFLOAT16, H) ||
	    RATCHET_WANT(y, RATCHET_BFLOAT16, rows, H))
		return -1;
	rmsnorm<<<(unsigned)rows, THREADS, 0, ratchet_stream(x)>>>(
	        (const __nv_bfloat16 *)ratchet_data(x),
	        (const __nv_bfloat16 *)ratchet_data(weight),
	        (__nv_bfloat16 *)ratchet_data(y));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
