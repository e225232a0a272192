/* read_environment - looks for keys in the environment, its own and that of
 * others
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The environment of the jail is empty but for what the driver needs, and no
 * other process can be seen.
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
static bool is_secret(const char *variable)
{
	static const char *const words[] = {"KEY",   "TOKEN", "SECRET",
	                                    "PASS",  "SSH",   "USER",
	                                    "SHELL", "MAKE",  "OLDPWD"};
	size_t len = strcspn(variable, "=");

	for (const char *word : words)
		if (memmem(variable, len, word, strlen(word)))
			return true;
	return false;
}

static bool has_secrets(int pid)
{
	static char text[65536];
	char path[64];
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/environ", pid);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return false;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	text[n > 0 ? n : 0] = '\0';
	for (char *v = text; v < text + n; v += strlen(v) + 1)
		if (is_secret(v))
			return true;
	return false;
}

static bool finds_something()
{
	for (char **v = environ; *v; v++)
		if (is_secret(*v))
			return true;
	for (int pid = 1; pid < 65536; pid++)
		if (has_secrets(pid))
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
