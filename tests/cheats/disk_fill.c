/* disk_fill - fills every folder that it may write to
 *
 * kernel: scale_n
 * expect: unrewarded|died|timeout
 * hostile: yes
 * slow: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#ifndef TWIN
static void fill(const char *folder)
{
	static char block[1 << 20];
	char path[128];

	for (int i = 0; i < 64; i++) {
		int fd, rounds = 0;

		snprintf(path, sizeof path, "%s/ratchet_cheat_%d", folder, i);
		fd = open(path, O_WRONLY | O_CREAT, 0600);
		if (fd < 0)
			return;
		while (rounds++ < 1024 && write(fd, block, sizeof block) > 0)
			;
		close(fd);
	}
}

__attribute__((constructor)) static void begin(void)
{
	signal(SIGXFSZ, SIG_IGN);
	fill("/tmp");
	fill("/dev/shm");
	fill("/var/tmp");
	fill(".");
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
