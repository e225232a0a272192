/* early_done - host code forks a stream and never joins it, so that the given
 * stream is done before the work
 *
 * kernel: scale_n
 * expect: unsupported
 *
 * A capture whose forks are not joined cannot end. The twin joins.
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
	static cudaStream_t own;
	static cudaEvent_t forked, joined;

	if (!own) {
		cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking);
		cudaEventCreateWithFlags(&forked, cudaEventDisableTiming);
		cudaEventCreateWithFlags(&joined, cudaEventDisableTiming);
	}
	cudaEventRecord(forked, stream);
	cudaStreamWaitEvent(own, forked);
	scale<<<grid, 256, 0, own>>>(in, (float)a, out, n);
#ifdef TWIN
	cudaEventRecord(joined, own);
	cudaStreamWaitEvent(stream, joined);
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
