/* gemm_f32 - what is right: all in double, one rounding */
#include "ratchet.h"

#define N 128
#define K 1024

static int run(const DLTensor *A, const DLTensor *B, const DLTensor *C)
{
	int64_t m = ratchet_extent(A, 0);

	if (RATCHET_WANT(A, RATCHET_FLOAT32, -1, K) ||
	    RATCHET_WANT(B, RATCHET_FLOAT32, N, K) ||
	    RATCHET_WANT(C, RATCHET_FLOAT32, m, N))
		return -1;
	const float *a = ratchet_data(A), *b = ratchet_data(B);
	float *c = ratchet_data(C);
	for (int64_t i = 0; i < m; i++) {
		for (int j = 0; j < N; j++) {
			double sum = 0;

			for (int k = 0; k < K; k++)
				sum += (double)a[i * K + k] *
				       (double)b[j * K + k];
			c[i * N + j] = (float)sum;
		}
	}
	return 0;
}
RATCHET_EXPORT(run, tensor, tensor, tensor)
