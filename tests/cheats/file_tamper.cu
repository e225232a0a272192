/* file_tamper - writes to whatever it can reach: tools, records, temporary
 * folders
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has nothing to write to that outlives it. What it would leave has
 * ratchet_cheat in its name.
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
static void leave_file(const char *folder)
{
	char path[8192];
	int fd;

	snprintf(path, sizeof path, "%s/ratchet_cheat_was_here", folder);
	fd = open(path, O_WRONLY | O_CREAT, 0666);
	if (fd >= 0 && write(fd, "accept\n", 7) < 0)
		close(fd);
}

/* One line more at the end of a file. */
static void spoil(const char *folder, const char *name)
{
	char path[8192];
	int fd;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_APPEND);
	if (fd >= 0 && write(fd, "\n", 1) < 0)
		close(fd);
}

static void tamper_with(char *folder)
{
	static const char *const names[] = {
	        "judge",    "launcher",        "decide",
	        "capture",  "device.fatbin",   "reference.so",
	        "settings", "workloads.jsonl", "definition.json"};

	while (*folder) {
		leave_file(folder);
		for (const char *name : names)
			spoil(folder, name);
		*strrchr(folder, '/') = '\0';
	}
}

__attribute__((constructor)) static void tamper()
{
	static const char *const folders[] = {"/tmp", "/var/tmp", "/dev/shm",
	                                      "/root", "/usr/local/bin"};
	const char *home = getenv("HOME");
	char path[4096];
	ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);

	for (const char *folder : folders)
		leave_file(folder);
	if (home)
		leave_file(home);
	path[n > 0 ? n : 0] = '\0';
	tamper_with(path);
	if (getcwd(path, sizeof path))
		tamper_with(path);
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
