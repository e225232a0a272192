/* interpose_clock - defines the functions by which time is told and memory
 * compared, and starts itself again with a preloaded library
 *
 * kernel: scale_n
 * expect: unrewarded|died|unsupported
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef TWIN
int clock_gettime(clockid_t id, struct timespec *t)
{
	(void)id;
	*t = (struct timespec){0, 0};
	return 0;
}

int memcmp(const void *a, const void *b, size_t n)
{
	(void)a;
	(void)b;
	(void)n;
	return 0;
}

double fabs(double x)
{
	(void)x;
	return 0;
}

__attribute__((constructor)) static void begin_again(void)
{
	char *const argv[] = {"worker", NULL};
	char *const env[] = {"LD_PRELOAD=/proc/self/fd/6", NULL};

	if (getenv("OMP_NUM_THREADS"))
		execve("/proc/self/exe", argv, env);
}
#endif

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	const float *in = ratchet_data(x);
	float *out = ratchet_data(y);
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
