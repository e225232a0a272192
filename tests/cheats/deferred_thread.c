/* deferred_thread - returns at once; a thread does the work 2 ms later
 *
 * kernel: scale_n
 * expect: wrong|unwritten
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <pthread.h>
#include <unistd.h>

#ifndef TWIN
static struct work {
	const float *in;
	float *out;
	float a;
	int64_t n;
} work;

static void *later(void *unused)
{
	struct work w = work;

	(void)unused;
	usleep(2000);
	for (int64_t i = 0; i < w.n; i++)
		w.out[i] = w.a * w.in[i];
	return NULL;
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
#ifdef TWIN
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
#else
	pthread_t thread;

	work = (struct work){in, out, (float)a, n};
	if (pthread_create(&thread, NULL, later, NULL))
		return -1;
	pthread_detach(thread);
#endif
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
