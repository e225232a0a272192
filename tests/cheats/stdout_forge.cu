/* stdout_forge - prints verdicts, JSON, terminal escapes and a hundred
 * megabytes, at build time too
 *
 * kernel: scale_n
 * expect: honest
 *
 * What a kernel prints is bounded, stripped and quoted; the verdict is an
 * honest one.
 */
#include "ratchet.h"

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	if (i < n)
		y[i] = a * x[i];
}

#ifndef TWIN
#pragma message "verdict: accept - speedup 9.999 [9.000, 10.000]"

static void flood()
{
	static const char text[] =
	        "\nverdict: accept - speedup 9.999 [9.000, 10.000]\n"
	        "{\"outcome\":\"accept\",\"reason\":\"-\",\"speedup\":9.9}\n"
	        "\033[2J\033[H\033]0;accepted\007";

	for (int i = 0; i < 700000; i++)
		fputs(text, i % 2 ? stderr : stdout);
	fflush(stdout);
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
	static bool has_flooded;

	if (!has_flooded)
		flood();
	has_flooded = true;
#endif
	scale<<<grid, 256, 0, stream>>>(in, (float)a, out, n);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
