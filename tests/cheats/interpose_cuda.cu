/* interpose_cuda - defines the functions that clocks are read by, and asks the
 * loader to prefer them
 *
 * kernel: scale_n
 * expect: slower
 *
 * Whoever reads the clock never loads this library. The kernel is slow, and
 * must be seen to be.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

/* About 20 us, which the clock must see. */
static __device__ void dawdle()
{
	long long start = clock64();

	while (CHEATS && clock64() - start < 40000)
		;
}

#include <time.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	dawdle();
	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
#define TAKE_OVER extern "C" __attribute__((visibility("default")))

TAKE_OVER int cuEventElapsedTime(float *ms, void *, void *)
{
	*ms = 0.001f;
	return 0;
}

TAKE_OVER int cuEventElapsedTime_v2(float *ms, void *, void *)
{
	*ms = 0.001f;
	return 0;
}

TAKE_OVER int clock_gettime(clockid_t, struct timespec *t) noexcept
{
	*t = {};
	return 0;
}

__attribute__((constructor)) static void prefer()
{
	setenv("LD_PRELOAD", "kernel.so", 1);
	setenv("CUDA_INJECTION64_PATH", "kernel.so", 1);
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
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
