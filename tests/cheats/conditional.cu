/* conditional - puts its work under a condition that the device decides
 *
 * kernel: scale_n
 * expect: unsupported
 *
 * The detail names the node: what it runs may differ from call to call.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
static int launch_if(const float *x, float a, float *y, int64_t n,
                     unsigned grid, cudaStream_t stream)
{
	cudaStreamCaptureStatus status;
	cudaGraphConditionalHandle handle;
	cudaGraphNodeParams p = {}, work = {};
	cudaGraphNode_t node, inner;
	const cudaGraphNode_t *before;
	cudaGraph_t graph;
	size_t count;
	void *args[] = {&x, &a, &y, &n};

	if (cudaStreamGetCaptureInfo(stream, &status, NULL, &graph, &before,
	                             NULL, &count))
		return -1;
	if (status != cudaStreamCaptureStatusActive) {
		scale<<<grid, 256, 0, stream>>>(x, a, y, n);
		return 0;
	}
	if (cudaGraphConditionalHandleCreate(&handle, graph, 1,
	                                     cudaGraphCondAssignDefault))
		return -1;
	p.type = cudaGraphNodeTypeConditional;
	p.conditional.handle = handle;
	p.conditional.type = cudaGraphCondTypeIf;
	p.conditional.size = 1;
	if (cudaGraphAddNode(&node, graph, before, NULL, count, &p))
		return -1;
	work.type = cudaGraphNodeTypeKernel;
	work.kernel.func = (void *)scale;
	work.kernel.gridDim = dim3(grid);
	work.kernel.blockDim = dim3(256);
	work.kernel.kernelParams = args;
	if (cudaGraphAddNode(&inner, p.conditional.phGraph_out[0], NULL, NULL,
	                     0, &work))
		return -1;
	return cudaStreamUpdateCaptureDependencies(
	        stream, &node, NULL, 1, cudaStreamSetCaptureDependencies);
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
#ifdef TWIN
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
#else
	if (launch_if(in, (float)a, out, n, grid, stream))
		return ratchet_fail("RuntimeError", "no condition");
#endif
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
