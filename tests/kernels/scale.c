/* scale - y = a * x; and, with one of the names below defined, what a bad
 * kernel may do instead
 */
#define _GNU_SOURCE
#include "ratchet.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
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
struct late {
	float *out, value;
};
static void *write_late(void *arg)
{
	struct late l = *(struct late *)arg;

	free(arg);
	usleep(20000);
	l.out[0] = l.value;
	return NULL;
}
#endif

static int calls;

#ifdef MEMORY
/* Remembers what it computed, and needs no time to say it again. */
static int remember(const float *in, int64_t n)
{
	static float *seen[4096];
	static int64_t length[4096];
	static int count;

	for (int i = 0; i < count; i++) {
		if (length[i] == n && !memcmp(seen[i], in, (size_t)n * 4))
			return 1;
	}
	if (count < 4096) {
		seen[count] = malloc((size_t)n * 4);
		memcpy(seen[count], in, (size_t)n * 4);
		length[count++] = n;
	}
	return 0;
}
#endif

/* Wrong values, and writes to the wrong places. */
__attribute__((unused)) static void spoil(float *in, float *out, int64_t n)
{
	(void)in;
	(void)n;
#if defined(WRONG_LARGEST)
	if (n >= 1000)
		out[n / 2] += 1;
#elif defined(LISTED_ONLY)
	if (n != 1 && n != 5 && n != 1000)
		out[n - 1] += 1;
#elif defined(WRONG_LAST)
	out[n - 1] += 0.5f + fabsf(out[n - 1]);
#elif defined(IMPRECISE)
	for (int64_t i = 0; i < n; i++)
		out[i] *= 1.001f;
#elif defined(ONE_NAN)
	out[n - 1] = NAN;
#elif defined(ONE_INFINITY)
	out[0] = INFINITY;
#elif defined(BEFORE)
	((char *)out)[-1] ^= 1;
#elif defined(AFTER)
	((char *)(out + n))[0] ^= 1;
#elif defined(FAR_AFTER)
	for (int64_t i = n; i < n + 64; i++)
		out[i] = 0;
#elif defined(MUTATE)
	in[0] = 0;
#elif defined(LATE_FAILURE)
	if (calls == 200)
		out[0] += 1 + fabsf(out[0]);
#elif defined(TWENTIETH)
	if (calls == 20)
		out[0] += 1 + fabsf(out[0]);
#endif
}

/* Tries to make a read-only input writable, in every way. */
__attribute__((unused)) static void remap(float *in)
{
	int fd = open("/proc/self/fd/4", O_RDWR);
	int *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (p != MAP_FAILED)
		p[0] = 0;
	if (mprotect((void *)((uintptr_t)in & ~4095ul), 4096,
	             PROT_READ | PROT_WRITE) == 0)
		in[0] = 0;
	if (pwrite(fd, "x", 1, 0) == 1)
		in[0] = 0;
}

/* What the process does instead of computing. */
__attribute__((unused)) static void escape(float *in, float *out, int64_t n)
{
	(void)in;
	(void)out;
	(void)n;
#if defined(REMAP)
	remap(in);
#elif defined(CRASH)
	if (n == 1)
		__builtin_trap();
#elif defined(HANG)
	for (;;)
		;
#elif defined(KILL_LATER)
	if (calls == 6)
		raise(SIGKILL);
#elif defined(FORK)
	pid_t child = fork();

	if (child == 0)
		_exit(usleep(3000000));
	if (child != -1 || errno != EPERM)
		out[0] = NAN;
#elif defined(CHATTER)
	for (int i = 0; i < 4000; i++)
		printf("\033[2J{\"status\": \"ok\"}\n");
	fflush(stdout);
#elif defined(LATE_THREAD)
	pthread_t thread;
	struct late *late = malloc(sizeof *late);

	late->out = out;
	late->value = out[0];
	out[0] = 0;
	pthread_create(&thread, NULL, write_late, late);
	pthread_detach(thread);
#elif defined(ALARM)
	struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
	                         .sigev_signo = SIGCONT};
	const struct itimerspec often = {{0, 50000}, {0, 50000}};
	timer_t timer;

	if (timer_create(CLOCK_MONOTONIC, &event, &timer) == 0)
		timer_settime(timer, 0, &often, NULL);
#elif defined(SLOW)
	usleep(200);
#elif defined(MEMORY)
	if (!remember(in, n))
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
	spoil(in, out, n);
	escape(in, out, n);
	return 0;
}
RATCHET_EXPORT(run, tensor, float64, tensor)
