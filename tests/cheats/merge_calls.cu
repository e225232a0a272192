/* merge_calls - does the work of earlier input sets' calls along with its own,
 * and nothing where it finds its own done
 *
 * kernel: scale_n
 * expect: slower
 *
 * Host code knows the addresses of all calls captured so far. Outputs are
 * poisoned before each call, so what an earlier call wrote for this one is
 * gone, and the kernel has done more than it had to.
 */
#include "ratchet.h"

#ifdef TWIN
#define CHEATS false
#else
#define CHEATS true
#endif

/* About 20 us: without its memory this kernel is slow. */
static __device__ void dawdle()
{
	long long start = clock64();

	while (CHEATS && clock64() - start < 40000)
		;
}

#define MOST 16

struct call {
	const float *x;
	float *y;
};

struct calls {
	struct call call[MOST];
	int count;
};

static __global__ void scale(struct calls c, float a, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;
	struct call own = c.call[c.count - 1];

	if (CHEATS && own.y[0] == a * own.x[0] &&
	    own.y[n - 1] == a * own.x[n - 1])
		return;
	dawdle();
	for (int k = 0; k < c.count && i < n; k++)
		c.call[k].y[i] = a * c.call[k].x[i];
}

/* All calls so far of this length, the given one last. */
static struct calls list(const float *x, float *y, int64_t n)
{
	static struct calls seen;
	static int64_t length;

	if (length != n || !CHEATS)
		seen.count = 0;
	length = n;
	if (seen.count && seen.call[seen.count - 1].y == y)
		return seen; /* once to warm up, once under capture */
	if (seen.count < MOST)
		seen.count++;
	seen.call[seen.count - 1] = {x, y};
	return seen;
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);
	unsigned grid = (unsigned)((n + 255) / 256);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	scale<<<grid, 256, 0, stream>>>(list(in, out, n), (float)a, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
