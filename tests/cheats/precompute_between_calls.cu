/* precompute_between_calls - a thread of the host computes answers between the
 * calls, which then only copy them
 *
 * kernel: scale_n
 * expect: wrong|nonfinite
 *
 * Host code runs in the capture alone, on decoys, in memory that the launcher
 * poisons.
 */
#include "ratchet.h"

#include <pthread.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
struct work {
	const float *x;
	float a, *y;
	int64_t n;
	unsigned grid;
};

static void *compute(void *argument)
{
	struct work *w = (struct work *)argument;
	cudaStream_t own;

	cudaStreamCreateWithFlags(&own, cudaStreamNonBlocking);
	scale<<<w->grid, 256, 0, own>>>(w->x, w->a, w->y, w->n);
	cudaStreamSynchronize(own);
	return NULL;
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
	struct work w = {in, (float)a, (float *)scratch((size_t)n * 4), n,
	                 grid};
	pthread_t thread;

	if (pthread_create(&thread, NULL, compute, &w))
		return ratchet_fail("RuntimeError", "no thread");
	pthread_join(thread, NULL);
	cudaMemcpyAsync(out, w.y, (size_t)n * 4, cudaMemcpyDeviceToDevice,
	                stream);
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
