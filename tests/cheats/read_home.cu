/* read_home - looks for keys and settings in the user's folder
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has no such folder.
 *
 * If it gets something its call fails, which is unsupported.
 */
#include "ratchet.h"

#include <dirent.h>
#include <pwd.h>
#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
static bool has_secrets(const char *home)
{
	static const char *const names[] = {
	        ".ssh", ".bashrc", ".profile",   ".config",       ".netrc",
	        ".aws", ".docker", ".gitconfig", ".bash_history", ".cache"};
	char path[2048];

	for (const char *name : names) {
		snprintf(path, sizeof path, "%s/%s", home, name);
		if (access(path, R_OK) == 0)
			return true;
	}
	return false;
}

static bool finds_something()
{
	const char *home = getenv("HOME");
	struct passwd *me = getpwuid(getuid());
	DIR *all = opendir("/home");
	struct dirent *e;
	char path[1024];
	bool found = has_secrets("/root") || (home && has_secrets(home)) ||
	             (me && has_secrets(me->pw_dir));

	while (all && !found && (e = readdir(all))) {
		snprintf(path, sizeof path, "%s/%s", "/home", e->d_name);
		found = e->d_name[0] != '.' && has_secrets(path);
	}
	return found;
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
