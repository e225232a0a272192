/* memo_fingerprint - host code reads a sample of the input, and writes
 * constants if it has seen the same before
 *
 * kernel: scale_n
 * expect: wrong
 *
 * It samples while it is not captured, where it may, and what it sees are
 * decoys: the constants that it then asks for are right for these alone.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
static __global__ void fill(float value, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = value;
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
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
#else
	static float sample;
	cudaStreamCaptureStatus status = cudaStreamCaptureStatusNone;

	cudaStreamIsCapturing(stream, &status);
	if (status == cudaStreamCaptureStatusActive) {
		fill<<<grid, 256, 0, stream>>>((float)a * sample, out, n);
	} else {
		cudaMemcpyAsync(&sample, in + n / 2, 4, cudaMemcpyDeviceToHost,
		                stream);
		cudaStreamSynchronize(stream);
		scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	}
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
