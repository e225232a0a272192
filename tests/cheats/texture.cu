/* texture - reads its input by a texture object, which is an index into a
 * table of the process
 *
 * kernel: scale_n
 * expect: unsupported|launch-error|wrong|nonfinite|unwritten|died
 *
 * The launcher's table has no such entry. No cheat, but nothing that can be
 * judged; pointers are.
 */
#include "ratchet.h"

static __global__ void scale(cudaTextureObject_t t, const float *x, float a,
                             float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * (t ? tex1Dfetch<float>(t, (int)i) : x[i]);
}

#ifndef TWIN
/* Made by the warm-up call, and used again under capture. */
static cudaTextureObject_t texture_of(const float *x, int64_t n)
{
	static const float *known;
	static cudaTextureObject_t t;
	cudaResourceDesc from = {};
	cudaTextureDesc how = {};

	if (known == x)
		return t;
	known = x;
	from.resType = cudaResourceTypeLinear;
	from.res.linear.devPtr = (void *)x;
	from.res.linear.desc = cudaCreateChannelDesc<float>();
	from.res.linear.sizeInBytes = (size_t)n * 4;
	cudaCreateTextureObject(&t, &from, &how, NULL);
	return t;
}
#endif

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
	cudaTextureObject_t t = 0;

#ifndef TWIN
	t = texture_of(in, n);
#endif
	scale<<<grid, 256, 0, stream>>>(t, in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
