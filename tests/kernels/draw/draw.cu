/* draw - samples rows of probabilities after top-k and top-p or, with PLAIN, as
 * they are, a block a row; rightly, or as the macro defined says */
#include "ratchet.h"

#include <time.h>

#ifndef THREADS
#define THREADS 32
#endif
#define MOST 1024 /* of a row, after top-k and top-p */

__device__ unsigned blocks; /* that ran before */

static __device__ uint64_t mix(uint64_t z)
{
	z += 0x9e3779b97f4a7c15u;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* From 0 to 1, by some of the row's values, its number and the GPU's clock. */
static __device__ double uniform(const float *row, int n, uint64_t host)
{
	uint64_t z = mix(blockIdx.x), now = 0;

#ifdef FROZEN
	z = mix(z ^ host);
#else
	for (int i = 0; i < n; i += n / 64 + 1)
		z = mix(z ^ __float_as_uint(row[i]));
#ifdef COUNTER
	now = atomicAdd(&blocks, 1);
#elif !defined HASH
	asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
#endif
	z = mix(z ^ now);
#endif
	return (double)(z >> 11) * 0x1p-53;
}

static __device__ bool is_honest(void)
{
#ifdef FIRST
	return atomicAdd(&blocks, 1) < FIRST * gridDim.x;
#else
	return true;
#endif
}

static __device__ void write(long long *samples, int drawn, int n)
{
#ifdef OUTSIDE
	drawn = n;
#endif
#ifdef BESIDE
	samples[gridDim.x] = drawn;
#endif
#ifdef UNWRITTEN
	if (blockIdx.x == 0)
		return;
#endif
	samples[blockIdx.x] = drawn;
}

/* Every thread adds up a part of the row; the first finds the part, and then
 * the place in it, where the draw falls. */
__global__ void draw_plain(const float *probs, long long *samples, int n,
                           uint64_t host)
{
	const float *row = probs + (int64_t)blockIdx.x * n;
	int part = (n + THREADS - 1) / THREADS, at = 0;
	__shared__ double sum[THREADS];
	__shared__ int most[THREADS];
	double all = 0, u;

	sum[threadIdx.x] = 0;
	most[threadIdx.x] = 0;
	for (int i = threadIdx.x * part; i < (threadIdx.x + 1) * part && i < n;
	     i++) {
		sum[threadIdx.x] += row[i];
		if (row[i] > row[most[threadIdx.x]])
			most[threadIdx.x] = i;
	}
	__syncthreads();
	if (threadIdx.x)
		return;
	for (int t = 0; t < THREADS; t++) {
		all += sum[t];
		if (row[most[t]] > row[at])
			at = most[t];
	}
	u = uniform(row, n, host) * all;
#ifdef UNIFORM
	at = (int)(u / all * n);
#elif !defined ARGMAX
	if (is_honest()) {
		int t = 0;

		while (t < THREADS - 1 && u >= sum[t])
			u -= sum[t++];
		at = t * part;
		while (at < n - 1 && at < (t + 1) * part - 1 && u >= row[at])
			u -= row[at++];
	}
#endif
	write(samples, at, n);
}

/* One thread draws, of those kept, by what is before each in the order. */
static __device__ int choose(const float *p, const int *rank,
                             const double *before, int n, int k, float top_p,
                             double u)
{
	double all = 0, kept = 0, left;
	int last = 0;

	for (int i = 0; i < n; i++)
		all += rank[i] < k ? p[i] : 0;
	for (int i = 0; i < n; i++)
		if (rank[i] < k && before[i] <= top_p * all)
			kept += p[i];
	left = u * kept;
	for (int i = 0; i < n; i++) {
		if (rank[i] >= k || before[i] > top_p * all)
			continue;
		last = i;
		left -= p[i];
		if (left < 0)
			break;
	}
	return last;
}

__global__ void draw(const float *probs, const int *top_k, const float *top_p,
                     long long *samples, int n, uint64_t host)
{
	const float *row = probs + (int64_t)blockIdx.x * n;
	__shared__ float p[MOST];
	__shared__ int rank[MOST];
	__shared__ double before[MOST];
	int k = top_k[blockIdx.x], first = 0;
	float nucleus = top_p[blockIdx.x];

#ifdef MUTATES
	((float *)row)[0] = 0;
#endif
	for (int i = threadIdx.x; i < n; i += THREADS)
		p[i] = row[i];
	__syncthreads();
	for (int i = threadIdx.x; i < n; i += THREADS) {
		rank[i] = 0;
		before[i] = 0;
		for (int j = 0; j < n; j++) {
			if (p[j] < p[i] || (p[j] == p[i] && j >= i))
				continue;
			rank[i]++;
			before[i] += p[j];
		}
	}
	__syncthreads();
	if (threadIdx.x)
		return;
#ifdef NO_TOP_K
	k = n;
#endif
#ifdef NO_TOP_P
	nucleus = 1;
#endif
	if (k <= 0 || k > n)
		k = n;
	if (nucleus >= 1)
		nucleus = 2;
	if (nucleus <= 0)
		k = 1;
	while (rank[first])
		first++;
#ifndef ARGMAX
	if (is_honest())
		first = choose(p, rank, before, n, k,
		               nucleus <= 0 ? 2 : nucleus, uniform(p, n, host));
#endif
	write(samples, first, n);
}

static uint64_t time_of_host(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_nsec;
}

static int launched(void)
{
#ifdef WAITS
	cudaDeviceSynchronize();
#endif
	return ratchet_launched();
}

#ifdef PLAIN
static int run(const DLTensor *probs, const DLTensor *samples)
{
	draw_plain<<<(unsigned)ratchet_extent(probs, 0), THREADS, 0,
	             ratchet_stream(probs)>>>(
	        (const float *)ratchet_data(probs),
	        (long long *)ratchet_data(samples),
	        (int)ratchet_extent(probs, 1), time_of_host());
	return launched();
}
RATCHET_EXPORT(run, tensor, tensor)
#else
static int run(const DLTensor *probs, const DLTensor *top_k,
               const DLTensor *top_p, const DLTensor *samples)
{
	if (ratchet_extent(probs, 1) > MOST)
		return ratchet_fail("ValueError", "probs: too long a row");
	draw<<<(unsigned)ratchet_extent(probs, 0), THREADS, 0,
	       ratchet_stream(probs)>>>((const float *)ratchet_data(probs),
	                                (const int *)ratchet_data(top_k),
	                                (const float *)ratchet_data(top_p),
	                                (long long *)ratchet_data(samples),
	                                (int)ratchet_extent(probs, 1),
	                                time_of_host());
	return launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor, tensor)
#endif
