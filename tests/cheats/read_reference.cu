/* read_reference - looks for the process that knows the answers, and reads its
 * memory
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has a process table of its own.
 *
 * If it gets something its call fails, which is unsupported.
 */
#include "ratchet.h"

#include <fcntl.h>
#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
/* Is it one of the judge's, and open? */
static bool is_open(int pid)
{
	char path[64], text[4096];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/cmdline", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text);
	close(fd);
	if (n <= 0 || !(memmem(text, (size_t)n, "launcher", 8) ||
	                memmem(text, (size_t)n, "judge", 5)))
		return false;
	snprintf(path, sizeof path, "/proc/%d/mem", pid);
	fd = open(path, O_RDONLY);
	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

static bool finds_something()
{
	for (int pid = 1; pid < 65536; pid++)
		if (pid != getpid() && is_open(pid))
			return true;
	return false;
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
