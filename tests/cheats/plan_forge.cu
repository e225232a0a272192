/* plan_forge - writes a plan of its own, of steps that do nothing, and ends
 * the process
 *
 * kernel: scale_n
 * expect: unwritten|unsupported|died
 *
 * A forged plan is just another plan: what it says is what is executed and
 * checked. (Unsupported where the format has changed since.)
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

/* The beginning of what the judge tells its processes about addresses. */
struct layout {
	uint64_t arena[4], arena_bytes[4], span, call_output_bytes;
	uint32_t workloads, sets, args;
};

__attribute__((constructor)) static void forge()
{
	uint32_t head[6] = {0x314e4c50u}, call[3] = {1, 0, 3 /* empty */};
	int layout = find_file("layout"), plan = find_file("plan");
	struct layout l;

	if (plan < 0 || pread(layout, &l, sizeof l, 0) != sizeof l)
		return;
	head[1] = l.workloads * l.sets;
	if (write(plan, head, sizeof head) < 0)
		return;
	for (uint32_t i = 0; i < head[1]; i++)
		if (write(plan, call, sizeof call) < 0)
			return;
	_exit(0);
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
