/* thread_bomb - starts threads until there can be no more
 *
 * kernel: scale_n
 * expect: unrewarded|unsupported|died|timeout
 * hostile: yes
 * slow: yes
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <pthread.h>
#include <unistd.h>

#ifndef TWIN
static void *sleep_on(void *unused)
{
	for (;;)
		pause();
	return unused;
}

__attribute__((constructor)) static void begin(void)
{
	pthread_attr_t small;
	pthread_t thread;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 16384);
	for (int i = 0; i < 100000; i++)
		if (pthread_create(&thread, &small, sleep_on, NULL))
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
