/* gather - y[q] is the sum of the rows of cache that index[q] names, -1 aside
 *
 * -DFEW=1 reads one row in 32, the first ones: the others are all zero in the
 * file that tests/programs/gather-blob.c makes. Right, and impossible.
 */
#include "ratchet.h"

#ifndef FEW
#define FEW 0
#endif
#define K 64
#define WIDTH 256

/* A warp a query, 8 bytes of a row a thread. */
__global__ void gather(const uint2 *cache, const int *index, float *y,
                       int64_t queries, int64_t rows)
{
	int64_t q = (int64_t)blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32;
	int lane = threadIdx.x % 32;
	float sum[8] = {};

	if (q >= queries)
		return;
#pragma unroll 16
	for (int k = 0; k < K; k++) {
		int row = index[q * K + k];
		uint2 v = {0, 0};

		if (row >= 0 && !(FEW && row >= rows / 32))
			v = cache[(int64_t)row * (WIDTH / 8) + lane];
		for (int i = 0; i < 8; i++)
			sum[i] += (float)(int8_t)((i < 4 ? v.x : v.y) >>
			                          i % 4 * 8);
	}
	for (int i = 0; i < 8; i++)
		y[q * WIDTH + lane * 8 + i] = sum[i];
}

static int run(const DLTensor *cache, const DLTensor *index, const DLTensor *y)
{
	int64_t queries = ratchet_extent(index, 0);

	gather<<<(unsigned)((queries + 7) / 8), 256, 0, ratchet_stream(y)>>>(
	        (const uint2 *)ratchet_data(cache),
	        (const int *)ratchet_data(index), (float *)ratchet_data(y),
	        queries, ratchet_extent(cache, 0));
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
