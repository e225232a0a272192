/* read_workspace - looks for records, references and tools around it
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has the files that it needs, and not the folders around them.
 *
 * If it gets something its call fails, which is unsupported.
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
static bool is_workspace(const char *folder)
{
	static const char *const names[] = {"experiments",  ".git",
	                                    "kernels",      "Makefile",
	                                    "reference.so", "workloads.jsonl"};
	char path[8192];

	for (const char *name : names) {
		snprintf(path, sizeof path, "%s/%s", folder, name);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

/* The folder, and all that hold it. */
static bool is_within_workspace(char *folder)
{
	while (*folder) {
		if (is_workspace(folder))
			return true;
		*strrchr(folder, '/') = '\0';
	}
	return is_workspace("");
}

static bool finds_something()
{
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	path[n > 0 ? n : 0] = '\0';
	return is_within_workspace(path) ||
	       (getcwd(path, sizeof path) && is_within_workspace(path));
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
	if (finds_something())
		return ratchet_fail("RuntimeError", "it is open");
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
