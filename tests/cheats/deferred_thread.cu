/* deferred_thread - a thread of the host launches the work two milliseconds
 * later
 *
 * kernel: scale_n
 * expect: unsupported|died|wrong|unwritten
 *
 * The capture has ended, with nothing in it, before the thread launches. It
 * cannot be in the process that is timed.
 */
#include "ratchet.h"

#include <pthread.h>
#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

struct work {
	const float *x;
	float a, *y;
	int64_t n;
	unsigned grid;
	cudaStream_t stream;
};

static void *do_work(void *argument)
{
	struct work *w = (struct work *)argument;

#ifndef TWIN
	usleep(2000);
#endif
	scale<<<w->grid, 256, 0, w->stream>>>(w->x, w->a, w->y, w->n);
	free(w);
	return NULL;
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
	struct work *w = (struct work *)malloc(sizeof *w);

	*w = {in, (float)a, out, n, grid, stream};
#ifdef TWIN
	do_work(w);
#else
	pthread_t thread;

	if (pthread_create(&thread, NULL, do_work, w))
		return ratchet_fail("RuntimeError", "no thread");
	pthread_detach(thread);
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
