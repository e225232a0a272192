/* high_priority - gives itself every priority that there is
 *
 * kernel: scale_n
 * expect: unrewarded
 * hostile: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <sched.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef TWIN
__attribute__((constructor)) static void push_ahead(void)
{
	const struct sched_param most = {.sched_priority = 99};

	setpriority(PRIO_PROCESS, 0, -20);
	sched_setscheduler(0, SCHED_FIFO, &most);
	syscall(SYS_ioprio_set, 1, 0, 1 << 13);
	mlockall(MCL_CURRENT | MCL_FUTURE);
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
