/* hang_flag - a barrier over the grid whose flag nobody sets
 *
 * kernel: scale_n
 * expect: timeout
 *
 * One CTA of those that the barrier counts leaves before it. Only under
 * capture, so that the capture's own warm-up call ends.
 */
#include "ratchet.h"

/* Leaves the counter zero, as zeroed() memory has to be. */
static __global__ void scale(const float *x, float a, float *y, int64_t n,
                             volatile unsigned *counter, unsigned missing)
{
	int64_t step = (int64_t)gridDim.x * blockDim.x;
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	for (; i < n; i += step)
		y[i] = a * x[i];
	if (threadIdx.x || blockIdx.x + 1 > gridDim.x - missing)
		return;
	atomicAdd((unsigned *)counter, 1);
	while (*counter < gridDim.x)
		;
	if (atomicAdd((unsigned *)counter, 1) == 2 * gridDim.x - 1)
		*counter = 0;
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);
	unsigned grid = (unsigned)((n + 255) / 256);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);
	unsigned missing = 0;

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	unsigned *counter = (unsigned *)zeroed(256);

	grid = grid < 64 ? grid : 64; /* all of them run at the same time */
#ifndef TWIN
	cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;

	cudaStreamIsCapturing(stream, &status);
	missing = status == cudaStreamCaptureStatusActive;
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n, counter, missing);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
