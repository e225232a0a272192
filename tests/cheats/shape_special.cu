/* shape_special - right only for the shapes of the workload list
 *
 * kernel: scale_n
 * expect: wrong
 *
 * The settings give the axis a range, from which a verification draws shapes
 * that the list does not have.
 */
#include "ratchet.h"

#ifndef TWIN
static bool is_listed(int64_t n)
{
	static const int64_t listed[] = {1000, 30011, 262147, 4194311};

	for (int64_t have : listed)
		if (n == have)
			return true;
	return false;
}
#endif

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
#ifndef TWIN
	if (!is_listed(n))
		a = 0;
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
