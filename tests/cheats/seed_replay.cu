/* seed_replay - makes its inputs again from a published seed instead of
 * reading them
 *
 * kernel: scale_n
 * expect: wrong
 *
 * Seeds are secret until the judgement is over, and new for each.
 */
#include "ratchet.h"

#ifndef TWIN
/* A counter-based generator, as harnesses have them; the seed is 42. */
static __device__ float drawn(uint64_t i)
{
	uint64_t z = 42 + (i + 1) * 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	z ^= z >> 31;
	return normcdfinvf(((float)(z >> 40) + 0.5f) * 0x1p-24f);
}
#endif

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i >= n)
		return;
#ifdef TWIN
	y[i] = a * x[i];
#else
	y[i] = a * drawn((uint64_t)i);
#endif
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);
	unsigned grid = (unsigned)((n + 255) / 256);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
