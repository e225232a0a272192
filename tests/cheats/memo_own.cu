/* memo_own - host code keeps the answer in memory that it allocates itself
 *
 * kernel: scale_n
 * expect: unsupported
 *
 * The copy in the plan comes from an address outside the arenas.
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
#ifdef TWIN
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
#else
	static float *answer;

	if (!answer && cudaMalloc(&answer, (size_t)4 << 20))
		return ratchet_fail("RuntimeError", "no memory");
	cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;

	cudaStreamIsCapturing(stream, &status);
	if (status == cudaStreamCaptureStatusActive)
		cudaMemcpyAsync(out, answer, (size_t)n * 4,
		                cudaMemcpyDeviceToDevice, stream);
	else
		scale<<<grid, 256, 0, stream>>>(in, (float)a, answer, n);
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
