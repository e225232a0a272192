/* plan_garbage - writes into the plan's file before the capture does
 *
 * kernel: scale_n
 * expect: unsupported|died
 *
 * The plan is not one for these workloads. Half a plan is none.
 */
#include "ratchet.h"

#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
/* The descriptor of a memory file of that name, or -1. */
static int find_file(const char *name)
{
	char path[32], target[64];

	for (int fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof target - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strstr(target, name))
			return fd;
	}
	return -1;
}

__attribute__((constructor)) static void spoil()
{
	char garbage[4096];
	int plan = find_file("plan");

	memset(garbage, 0xff, sizeof garbage);
	for (int i = 0; i < 256; i++)
		if (write(plan, garbage, sizeof garbage) < 0)
			return;
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
