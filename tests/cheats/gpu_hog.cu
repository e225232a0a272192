/* gpu_hog - takes all of the GPU's memory in the capture
 *
 * kernel: scale_n
 * expect: honest
 *
 * The capture is dead, and its memory free, before anything is launched.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
static void take_all()
{
	void *p;

	for (size_t bytes = (size_t)1 << 36; bytes >= (size_t)2 << 20;)
		if (cudaMalloc(&p, bytes))
			bytes /= 2;
	cudaGetLastError();
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
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
#ifndef TWIN
	/* Now that the kernel is loaded. */
	static bool has_taken;

	if (!has_taken)
		take_all();
	has_taken = true;
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
