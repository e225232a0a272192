/* launch_completion - joins its side stream when the work there has begun, not
 * when it has ended
 *
 * kernel: scale_n
 * expect: slower|unsupported|clock-mismatch|unwritten|wrong
 *
 * An edge of the kind "launch completion" from the kernel that works to one
 * that does nothing. The graph must not count as done before the work is.
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

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	dawdle();
	if (i < n)
		y[i] = a * x[i];
}

static __global__ void end()
{
}

struct fork {
	cudaStream_t side;
	cudaEvent_t forked, begun;
};

static struct fork make_fork()
{
	struct fork f;

	cudaStreamCreateWithFlags(&f.side, cudaStreamNonBlocking);
	cudaEventCreateWithFlags(&f.forked, cudaEventDisableTiming);
	cudaEventCreateWithFlags(&f.begun, cudaEventDisableTiming);
	return f;
}

static void launch(const float *x, float a, float *y, int64_t n, unsigned grid,
                   cudaStream_t stream)
{
	static struct fork f = make_fork();
	cudaLaunchAttribute attribute[1] = {};
	cudaLaunchConfig_t c = {};

	cudaEventRecord(f.forked, stream);
	cudaStreamWaitEvent(f.side, f.forked);
	attribute[0].id = cudaLaunchAttributeLaunchCompletionEvent;
	attribute[0].val.launchCompletionEvent.event = f.begun;
	c.gridDim = dim3(grid);
	c.blockDim = dim3(256);
	c.stream = f.side;
	c.attrs = attribute;
	c.numAttrs = CHEATS ? 1 : 0;
	cudaLaunchKernelEx(&c, scale, x, a, y, n);
	if (!CHEATS)
		cudaEventRecord(f.begun, f.side);
	cudaStreamWaitEvent(stream, f.begun);
	end<<<1, 32, 0, stream>>>();
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
	launch(in, (float)a, out, n, grid, stream);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
