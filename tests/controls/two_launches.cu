/* two_launches - a memset, a launch for the sums of squares and one for the
 * quotients
 *
 * kernel: unit_rows
 * expect: honest
 *
 * A chain of three nodes that share scratch memory.
 */
#include "ratchet.h"

#define THREADS 256
#define PARTS 2

static __global__ void add_squares(const float *x, double *squares,
                                   int64_t cols)
{
	const float *row = x + blockIdx.x * cols;
	double sum = 0;

	for (int64_t i = blockIdx.y * THREADS + threadIdx.x; i < cols;
	     i += PARTS * THREADS)
		sum += (double)row[i] * (double)row[i];
	for (int d = 16; d > 0; d /= 2)
		sum += __shfl_xor_sync(~0u, sum, d);
	if (threadIdx.x % 32 == 0)
		atomicAdd(&squares[blockIdx.x], sum);
}

static __global__ void divide(const float *x, const double *squares, float *y,
                              int64_t cols)
{
	double scale = 1 / sqrt(squares[blockIdx.x]);
	int64_t i = (int64_t)blockIdx.y * THREADS + threadIdx.x;

	if (i < cols)
		y[blockIdx.x * cols + i] =
		        (float)((double)x[blockIdx.x * cols + i] * scale);
}

static int run(const DLTensor *x, const DLTensor *y)
{
	int64_t rows = ratchet_extent(x, 0), cols = ratchet_extent(x, 1);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, rows, cols))
		return -1;
	double *squares = (double *)scratch((size_t)rows * sizeof *squares);
	unsigned tiles = (unsigned)((cols + THREADS - 1) / THREADS);

	if (!squares)
		return ratchet_fail("RuntimeError", "too many rows");
	cudaMemsetAsync(squares, 0, (size_t)rows * sizeof *squares, stream);
	add_squares<<<dim3((unsigned)rows, PARTS), THREADS, 0, stream>>>(
	        in, squares, cols);
	divide<<<dim3((unsigned)rows, tiles), THREADS, 0, stream>>>(in, squares,
	                                                            out, cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
