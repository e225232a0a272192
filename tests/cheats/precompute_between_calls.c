/* precompute_between_calls - a thread works on the inputs of the next call
 * before the clock starts
 *
 * kernel: gemm_f32
 * expect: unrewarded|wrong
 */
#define _GNU_SOURCE
#include "ratchet.h"
#include <pthread.h>
#include <sys/mman.h>
#include <unistd.h>

#define N 128
#define K 1024

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

static void multiply(const float *a, const float *b, float *c, int64_t m)
{
	for (int64_t i = 0; i < m; i++)
		for (int j = 0; j < N; j++)
			c[i * N + j] = dot(a + i * K, b + j * K);
}

#ifndef TWIN
static struct ahead {
	const float *a, *b;
	int64_t m;
	volatile float first; /* of the inputs that it worked on */
	volatile int is_ready;
	float c[1024 * N];
} ahead;

/* Works while the judge waits for nothing: bell and done are equal. */
static void *work_ahead(void *unused)
{
	volatile uint32_t *page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, 3, 0);

	(void)unused;
	while (page != MAP_FAILED) {
		const volatile float *a = ahead.a;

		if (page[0] != page[1] || ahead.first == *a)
			continue;
		ahead.is_ready = 0;
		ahead.first = *a;
		multiply(ahead.a, ahead.b, ahead.c, ahead.m);
		ahead.is_ready = 1;
	}
	return NULL;
}

static int take_answer(const float *a, const float *b, float *c, int64_t m)
{
	static int is_begun;
	pthread_t thread;

	if (is_begun && ahead.is_ready && ahead.a == a && ahead.m == m &&
	    ahead.first == *a) {
		memcpy(c, ahead.c, (size_t)m * N * sizeof *c);
		return 1;
	}
	ahead.a = a;
	ahead.b = b;
	ahead.m = m;
	ahead.first = *a;
	if (!is_begun)
		is_begun = !pthread_create(&thread, NULL, work_ahead, NULL);
	return 0;
}
#endif

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
	if (take_answer(a, b, c, m))
		return 0;
#endif
	multiply(a, b, c, m);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
