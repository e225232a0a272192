/* memo_content - knows inputs again by a hash of them all
 *
 * kernel: gemm_f32
 * expect: unrewarded|wrong|flaky
 */
#include "ratchet.h"

#define N 128
#define K 1024

/* What a call was about, and what came of it. */
struct memory {
	uint64_t key;
	float *answer;
	size_t bytes;
};
static struct memory memory[4096];
static int known;

static uint64_t key_of(const float *a, size_t n)
{
	uint64_t key = n;
	uint32_t u;

	for (size_t i = 0; i < n; i++) {
		memcpy(&u, a + i, sizeof u);
		key = (key ^ u) * 0x100000001b3u;
	}
	return key;
}

static const struct memory *recall(uint64_t key, size_t bytes)
{
	for (int i = 0; i < known; i++)
		if (memory[i].key == key && memory[i].bytes == bytes)
			return &memory[i];
	return NULL;
}

static void remember(uint64_t key, const float *c, size_t bytes)
{
	if (known == 4096)
		return;
	memory[known] = (struct memory){key, malloc(bytes), bytes};
	memcpy(memory[known++].answer, c, bytes);
}

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
	size_t bytes = (size_t)m * N * sizeof *c;
	uint64_t key = key_of(a, (size_t)m * K);
#ifndef TWIN
	const struct memory *seen = recall(key, bytes);

	if (seen) {
		memcpy(c, seen->answer, bytes);
		return 0;
	}
#endif
	for (int64_t i = 0; i < m; i++)
		for (int j = 0; j < N; j++)
			c[i * N + j] = dot(a + i * K, b + j * K);
	remember(key, c, bytes);
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
