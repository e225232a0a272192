/* multi_stream - four streams, each with a slow kernel for a quarter of the
 * output
 *
 * kernel: scale_n
 * expect: slower
 *
 * A graph that forks and joins is executed as one; its time is that of the
 * slowest, which is long. Forks are no cheat as such: the twin has them too.
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

#define STREAMS 4

static __global__ void scale(const float *x, float a, float *y, int64_t n)
{
	int64_t i = (int64_t)blockIdx.x * blockDim.x + threadIdx.x;

	dawdle();
	if (i < n)
		y[i] = a * x[i];
}

struct streams {
	cudaStream_t stream[STREAMS];
	cudaEvent_t forked, joined[STREAMS];
};

static struct streams make_streams()
{
	struct streams s;

	cudaEventCreateWithFlags(&s.forked, cudaEventDisableTiming);
	for (int i = 0; i < STREAMS; i++) {
		cudaStreamCreateWithFlags(&s.stream[i], cudaStreamNonBlocking);
		cudaEventCreateWithFlags(&s.joined[i], cudaEventDisableTiming);
	}
	return s;
}

static void launch(const float *x, float a, float *y, int64_t n,
                   cudaStream_t stream)
{
	static struct streams s = make_streams();
	int64_t part = (n + STREAMS - 1) / STREAMS;

	cudaEventRecord(s.forked, stream);
	for (int i = 0; i < STREAMS; i++) {
		int64_t at = i * part, count = n - at < part ? n - at : part;

		cudaStreamWaitEvent(s.stream[i], s.forked);
		if (count > 0)
			scale<<<(unsigned)((count + 255) / 256), 256, 0,
			        s.stream[i]>>>(x + at, a, y + at, count);
		cudaEventRecord(s.joined[i], s.stream[i]);
		cudaStreamWaitEvent(stream, s.joined[i]);
	}
}

static int run(const DLTensor *x, double a, const DLTensor *y)
{
	int64_t n = ratchet_extent(x, 0);
	const float *in = (const float *)ratchet_data(x);
	float *out = (float *)ratchet_data(y);
	cudaStream_t stream = ratchet_stream(x);

	if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
	    RATCHET_WANT(y, RATCHET_FLOAT32, n))
		return -1;
	launch(in, (float)a, out, n, stream);
	return ratchet_launched();
}
RATCHET_EXPORT(run, tensor, float64, tensor)
