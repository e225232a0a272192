/* scale - y = a * x; and, with one of the names below defined, what a bad
 * kernel may do instead
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef EXIT_CONSTRUCTOR
__attribute__((constructor)) static void leave(void)
{
	_exit(0);
}
#endif

#ifdef HANG_CONSTRUCTOR
__attribute__((constructor)) static void stay(void)
{
	for (;;)
		pause();
}
#endif

#ifdef LATE_THREAD
#include <pthread.h>
static float *late_out;
static float late_value;
static void *write_late(void *unused)
{
	(void)unused;
	usleep(2000);
	late_out[0] = late_value;
	return NULL;
}
#endif

static int calls;

static void misbehave(float *in, float *out, int64_t n, float a)
{
	(void)in;
	(void)out;
	(void)n;
	(void)a;
#ifdef WRONG_LARGEST
	if (n >= 1000)
		out[n / 2] += 1;
#endif
#ifdef WRONG_SECOND
	out[n - 1] += 0.5f + fabsf(out[n - 1]);
#endif
#ifdef IMPRECISE
	for (int64_t i = 0; i < n; i++)
		out[i] *= 1.001f;
#endif
#ifdef ONE_NAN
	out[n - 1] = NAN;
#endif
#ifdef ONE_INFINITY
	out[0] = INFINITY;
#endif
#ifdef BEFORE
	out[-1] = 0;
#endif
#ifdef AFTER
	((char *)(out + n))[0] ^= 1;
#endif
#ifdef FAR_AFTER
	for (int64_t i = n; i < n + 64; i++)
		out[i] = 0;
#endif
#ifdef MUTATE
	in[0] = 0;
#endif
#ifdef REMAP
	{
		int fd = open("/proc/self/fd/4", O_RDWR);
		float *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		                fd, 0);

		if (p != MAP_FAILED)
			p[0] = 0;
		mprotect((void *)((uintptr_t)in & ~4095ul), 4096,
		         PROT_READ | PROT_WRITE);
		if (pwrite(fd, "x", 1, 0) == 1)
			abort();
	}
#endif
#ifdef TWENTIETH
	if (calls == 20)
		out[0] += 1 + fabsf(out[0]);
#endif
#ifdef CRASH
	if (n == 1)
		raise(SIGSEGV);
#endif
#ifdef HANG
	for (;;)
		;
#endif
#ifdef KILL_LATER
	if (calls == 5)
		raise(SIGKILL);
#endif
#ifdef FORK
	if (fork() == 0) {
		usleep(3000000);
		_exit(0);
	}
#endif
#ifdef ORPHAN
	pid_t child = fork();

	if (child == 0) {
		setsid();
		if (fork() == 0)
			usleep(3000000);
		_exit(0);
	}
	waitpid(child, NULL, 0);
#endif
#ifdef CHATTER
	for (int i = 0; i < 4000; i++)
		printf("\033[2J{\"status\": \"ok\"}\n");
	fflush(stdout);
#endif
#ifdef LATE_THREAD
	pthread_t thread;

	late_out = out;
	late_value = out[0];
	out[0] = 0;
	pthread_create(&thread, NULL, write_late, NULL);
	pthread_detach(thread);
#endif
#ifdef SLOW
	usleep(200);
#endif
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = x->shape[0];
	float *in = ratchet_data(x), *out = ratchet_data(y);

	calls++;
	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
#ifdef FAILS
	return ratchet_fail("ValueError", "cannot \033[31mdo this");
#endif
#ifdef NOTHING
	return 0;
#endif
#ifdef TAIL
	n--;
#endif
#ifndef FIRST_ONLY
	for (int64_t i = 0; i < n; i++)
		out[i] = (float)a * in[i];
#else
	if (calls < 2)
		for (int64_t i = 0; i < n; i++)
			out[i] = (float)a * in[i];
#endif
	misbehave(in, out, n, (float)a);
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
