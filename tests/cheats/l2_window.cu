/* l2_window - asks for a part of the second-level cache by an access policy
 * window
 *
 * kernel: scale_n
 * expect: unsupported
 *
 * The detail names it: what it keeps in the cache would outlive the call.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
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
	cudaLaunchConfig_t c = {};
	cudaLaunchAttribute attribute[1] = {};
	cudaAccessPolicyWindow window = {};

	window.base_ptr = (void *)in;
	window.num_bytes = (size_t)n * 4;
	window.hitRatio = 1;
	window.hitProp = cudaAccessPropertyPersisting;
	window.missProp = cudaAccessPropertyStreaming;
	attribute[0].id = cudaLaunchAttributeAccessPolicyWindow;
	attribute[0].val.accessPolicyWindow = window;
	c.gridDim = dim3(grid);
	c.blockDim = dim3(256);
	c.stream = stream;
	c.attrs = attribute;
#ifndef TWIN
	c.numAttrs = 1;
#endif
	cudaLaunchKernelEx(&c, scale, in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
