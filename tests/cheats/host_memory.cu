/* host_memory - gives its kernel an address in the host's memory
 *
 * kernel: scale_n
 * expect: launch-error|wrong
 *
 * A factor that the host can change while the kernel runs. The launcher has no
 * such page.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, const float *a, float factor,
                             float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = (a ? *(volatile const float *)a : factor) * x[i];
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
	float *factor = NULL;

#ifndef TWIN
	static float *page;

	if (!page && cudaHostAlloc(&page, 4096, cudaHostAllocMapped))
		return ratchet_fail("RuntimeError", "no page");
	factor = page;
	*factor = (float)a;
#endif
	scale<<<grid, 256, 0, stream>>>(in, factor, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
