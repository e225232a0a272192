/* wake_and_stop - a timer wakes it between calls; a thread works on the inputs
 * that are there, and stops the process again before anybody looks
 *
 * kernel: gemm_f32
 * expect: unsupported
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define N 128
#define K 1024

#ifndef TWIN
static void *work_ahead(void *unused)
{
	/* The page that the judge and its worker share: bell, done. */
	volatile uint32_t *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0);

	(void)unused;
	while (page != MAP_FAILED) {
		usleep(5);
		if (page[0] == page[1])
			kill(getpid(), SIGSTOP);
	}
	return NULL;
}

static void begin(void)
{
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
	                         .sigev_signo = SIGCONT};
	const struct itimerspec often = {{0, 3000000}, {0, 3000000}};
	static int is_begun;
	pthread_t thread;
	timer_t timer;

	if (is_begun)
		return;
	is_begun = 1;
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &often, NULL);
	pthread_create(&thread, NULL, work_ahead, NULL);
}
#endif

static float dot(const float *a, const float *b)
{
	float sum[8] = {0}, all = 0;

	for (int k = 0; k < K; k += 8)
		for (int i = 0; i < 8; i++)
			sum[i] += a[k + i] * b[k + i];
	for (int i = 0; i < 8; i++)
		all += sum[i];
	return all;
}

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	const float *a = ratchet_data(A), *b = ratchet_data(B);
	float *c = ratchet_data(C);
#ifndef TWIN
	begin();
#endif
	for (int64_t i = 0; i < m; i++)
		for (int j = 0; j < N; j++)
			c[i * N + j] = dot(a + i * K, b + j * K);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
