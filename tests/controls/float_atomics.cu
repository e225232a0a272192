/* float_atomics - adds up parts of a row by float atomics, in whatever order
 * they come
 *
 * kernel: sum_rows
 * expect: honest
 *
 * The last bits of its answer differ from call to call, within tolerance.
 */
#include "ratchet.h"

#define THREADS 128
#define PARTS 8

static __global__ void sum_rows(const float *x, float *y, int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	float sum = 0;

	for (int64_t i = blockIdx.y * THREADS + threadIdx.x; i < cols;
	     i += PARTS * THREADS)
		sum += row[i];
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	if (threadIdx.x % 32 == 0)
		atomicAdd(&y[blockIdx.x], sum);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows))
		return -1;
	cudaMemsetAsync(out, 0, (size_t)rows * sizeof *out, stream);
	sum_rows<<<dim3((unsigned)rows, PARTS), THREADS, 0, stream>>>(in, out,
	                                                              cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
