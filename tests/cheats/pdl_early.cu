/* pdl_early - lets the next kernel start at once and end early, in the hope
 * that the clock stops with it
 *
 * kernel: scale_n
 * expect: slower|clock-mismatch|unwritten|wrong
 *
 * A programmatic dependent launch whose second kernel waits for nothing. The
 * event after it must still come after the first kernel, which is slow.
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

	asm volatile("griddepcontrol.launch_dependents;");
	dawdle();
	if (i < n)
		y[i] = a * x[i];
}

static __global__ void end()
{
	if (!CHEATS)
		asm volatile("griddepcontrol.wait;" ::: "memory");
}

static void launch_end(cudaStream_t stream)
{
	cudaLaunchAttribute a[1] = {};
	cudaLaunchConfig_t c = {};

	a[0].id = cudaLaunchAttributeProgrammaticStreamSerialization;
	a[0].val.programmaticStreamSerializationAllowed = 1;
	c.gridDim = dim3(1);
	c.blockDim = dim3(32);
	c.stream = stream;
	c.attrs = a;
	c.numAttrs = 1;
	cudaLaunchKernelEx(&c, end);
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
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	launch_end(stream);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
