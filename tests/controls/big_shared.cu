/* big_shared - keeps its row in 200 KB of dynamic shared memory
 *
 * kernel: unit_rows
 * expect: honest
 *
 * More than there is without asking for it.
 */
#include "ratchet.h"

#define THREADS 256

static __device__ double sum_over_cta(double x)
{
	__shared__ double of_warp[THREADS / 32];
	double sum = 0;

	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	for (int i = 0; i < THREADS / 32; i++)
		sum += of_warp[i];
	return sum;
}

#define SHARED (200 << 10)

static __global__ void unit(const float *x, float *y, int64_t cols)
{
	extern __shared__ float kept[];
	const float *in = x + blockIdx.x * cols;
	float *out = y + blockIdx.x * cols;
	int64_t room = SHARED / (int64_t)sizeof *kept;
	double sum = 0;

	for (int64_t i = threadIdx.x; i < cols; i += THREADS) {
		float v = in[i];

		if (i < room)
			kept[room - 1 - i] = v;
		sum += (double)v * (double)v;
	}
	sum = 1 / sqrt(sum_over_cta(sum));
	for (int64_t i = threadIdx.x; i < cols; i += THREADS)
		out[i] = (float)(sum * (i < room ? kept[room - 1 - i] : in[i]));
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
	cudaFuncSetAttribute(unit, cudaFuncAttributeMaxDynamicSharedMemorySize,
	                     SHARED);
	unit<<<(unsigned)rows, THREADS, SHARED, stream>>>(in, out, cols);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor)
