/* plan_stray - gives its kernel an address of nobody's
 *
 * kernel: scale_n
 * expect: launch-error
 *
 * In the capture the address is mapped: it is memory of the capture's own. The
 * launcher maps nothing that a kernel was not given.
 */
#include "ratchet.h"

#include <cuda.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n,
                             float *kept)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
	if (i == 0)
		*kept = y[i];
}

#ifndef TWIN
/* Memory of one's own, where the launcher has nothing. */
static float *own_memory()
{
	CUdeviceptr at = 0x7b0000000000;
	CUmemAllocationProp p = {};
	CUmemAccessDesc access = {};
	CUmemGenericAllocationHandle memory;
	const size_t bytes = (size_t)2 << 20;

	p.type = CU_MEM_ALLOCATION_TYPE_PINNED;
	p.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
	access.location = p.location;
	access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
	if (cuMemAddressReserve(&at, bytes, 0, at, 0) ||
	    cuMemCreate(&memory, bytes, &p, 0) ||
	    cuMemMap(at, bytes, 0, memory, 0) ||
	    cuMemSetAccess(at, bytes, &access, 1))
		return NULL;
	return (float *)at;
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
#ifdef TWIN
	float *kept = (float *)scratch(256);
#else
	static float *kept = own_memory();
#endif

	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n, kept);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
