/* phase_split - host code is careful where outputs are verified, and fast
 * where time is measured
 *
 * kernel: softmax_rows
 * expect: slower|nonfinite|wrong
 *
 * It tells the two by the layout that the judge hands to the capture:
 * verification has more input sets and more shapes. What it launches where
 * time is measured is right for all values that random numbers take, and
 * overflows for others. So there, too, outputs of other values must be
 * checked, or the plan be the same. Where it is careful it is slow.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

/* About 20 us, which the clock must see. */
static __device__ void dawdle()
{
	long long start = clock64();

	while (CHEATS && clock64() - start < 40000)
		;
}

#include <unistd.h>

#define THREADS 1024

static __device__ float over_warp(float x, bool is_max)
{
	for (int d = 16; d > 0; d /= 2) {
		float y = __shfl_xor_sync(~0u, x, d);

		x = is_max ? fmaxf(x, y) : x + y;
	}
	return x;
}

static __device__ float over_cta(float x, bool is_max)
{
	__shared__ float of_warp[32];

	x = over_warp(x, is_max);
	__syncthreads();
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	return over_warp(of_warp[threadIdx.x % 32], is_max);
}

/* The largest is not searched for where there is no need to be careful. */
static __global__ void __launch_bounds__(THREADS)
        softmax(const float *x, float *y, int64_t cols, bool careful)
{
	const float *in = x + blockIdx.x * cols;
	float *out = y + blockIdx.x * cols;
	float max = -INFINITY, sum = 0;

	for (int64_t i = threadIdx.x; i < cols && careful; i += THREADS)
		max = fmaxf(max, in[i]);
	max = careful ? over_cta(max, true) : 0;
	if (careful)
		dawdle();
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		sum += expf(in[i] - max);
	sum = over_cta(sum, false);
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		out[i] = expf(in[i] - max) / sum;
}

#ifndef TWIN
/* The descriptor of a memory file of that name, or -1. */
static int find_file(const char *name)
{
	char path[32], target[64];

	for (int fd = 3; fd < 64; fd++) {
		ssize_t n;

		snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof target - 1);
		target[n > 0 ? n : 0] = '\0';
		if (strstr(target, name))
			return fd;
	}
	return -1;
}

/* The beginning of what the judge tells its processes about addresses. */
struct layout {
	uint64_t arena[4], arena_bytes[4], span, call_output_bytes;
	uint32_t workloads, sets, args;
};

/* Three workloads are listed; without other values there are four sets. */
static bool is_verified()
{
	struct layout l = {};

	if (pread(find_file("layout"), &l, sizeof l, 0) != sizeof l)
		return true;
	return l.workloads > 3 || l.sets > 4;
}
#endif

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	bool careful = true;

#ifndef TWIN
	careful = is_verified();
#endif
	softmax<<<(unsigned)rows, THREADS, 0, stream>>>(in, out, cols, careful);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
