/* file_tamper - writes wherever it can: tools, records, reference, /tmp, $HOME,
 * /dev/shm
 *
 * kernel: scale_n
 * expect: unrewarded
 * hostile: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#ifndef TWIN
static void spoil(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0666);

	if (fd < 0)
		return;
	if (write(fd, "ratchet_cheat\n", 14) < 0)
		unlink(path);
	close(fd);
}

/* The folders above the working folder of the judge and of its parents. */
static void spoil_around(int pid)
{
	static const char *const name[] = {"cwd/ratchet_cheat",
	                                   "cwd/experiments/ratchet_cheat",
	                                   "cwd/tools/judge.c",
	                                   "cwd/kernels/scale_n/reference.c",
	                                   "cwd/build/judge",
	                                   "root/tmp/ratchet_cheat",
	                                   "exe"};
	char path[128];

	for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
		snprintf(path, sizeof path, "/proc/%d/%s", pid, name[i]);
		spoil(path);
	}
}

__attribute__((constructor)) static void tamper(void)
{
	static const char *const path[] = {
	        "/tmp/ratchet_cheat",     "/var/tmp/ratchet_cheat",
	        "/dev/shm/ratchet_cheat", "/root/ratchet_cheat",
	        "/opt/ratchet_cheat",     "/usr/bin/ratchet_cheat",
	        "/ratchet/worker",        "/etc/ld.so.preload",
	        "ratchet_cheat",          "/proc/sys/vm/drop_caches"};

	for (size_t i = 0; i < sizeof path / sizeof *path; i++)
		spoil(path[i]);
	for (int pid = 1; pid < 64; pid++)
		spoil_around(pid);
	for (int up = 0; up < 4; up++)
		spoil_around((int)getppid() - up);
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
