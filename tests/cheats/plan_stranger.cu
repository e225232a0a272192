/* plan_stranger - launches a kernel that is not in its device code, compiled
 * while it runs
 *
 * kernel: scale_n
 * expect: unsupported
 *
 * The launcher has the device code that was built from the source, and no
 * other. The driver compiles PTX; the kernel's name is found nowhere.
 */
#include "ratchet.h"

#include <cuda.h>

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
static const char stranger[] =
        ".version 7.8\n.target sm_90\n.address_size 64\n"
        ".visible .entry stranger(.param .u64 y)\n"
        "{.reg .u64 p; .reg .u32 i; .reg .u64 j;\n"
        "ld.param.u64 p, [y];\n"
        "mov.u32 i, %tid.x; mul.wide.u32 j, i, 4; add.u64 p, p, j;\n"
        "st.global.u32 [p], i; ret;}\n";

static int launch_stranger(float *y, cudaStream_t stream)
{
	static CUfunction function;
	void *args[] = {&y};
	CUmodule module;

	if (!function && (cuModuleLoadData(&module, stranger) ||
	                  cuModuleGetFunction(&function, module, "stranger")))
		return ratchet_fail("RuntimeError", "no stranger");
	cuLaunchKernel(function, 1, 1, 1, 256, 1, 1, 0, stream, args, NULL);
	return 0;
}
#endif

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
#ifndef TWIN
	if (launch_stranger(out, stream))
		return -1;
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
