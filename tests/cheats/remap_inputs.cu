/* remap_inputs - host code maps the input arena writable, and changes what is
 * there
 *
 * kernel: scale_n
 * expect: launch-error|input-mutated
 *
 * It does so in the capture, whose inputs are decoys. Its kernel then writes
 * to inputs: verification names that.
 */
#include "ratchet.h"

#include <cuda.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
#ifndef TWIN
	if (i < n)
		*(volatile float *)(x + i) = 0;
#endif
}

#ifndef TWIN
/* Not under capture, which such a call would end. */
static void remap(const float *x, cudaStream_t stream)
{
	cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;
	CUmemAccessDesc access = {};
	CUdeviceptr base;
	size_t bytes;

	cudaStreamIsCapturing(stream, &status);
	if (status != cudaStreamCaptureStatusNone ||
	    cuMemGetAddressRange(&base, &bytes, (CUdeviceptr)x))
		return;
	access.location.type = CU_MEM_LOCATION_TYPE_DEVICE;
	access.flags = CU_MEM_ACCESS_FLAGS_PROT_READWRITE;
	cuMemSetAccess(base, bytes, &access, 1);
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
#ifndef TWIN
	remap(in, stream);
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
