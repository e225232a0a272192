/* gpu_state - puts out of reach what a kernel could remember by */
#include "gpu_parts.h"

#define LOCAL_THREADS 256 /* of a block that overwrites local memory */
#define LOCAL_PIECE 512   /* bytes; there is one to spare */

int gpu_state_open(struct gpu *g, struct fault *f)
{
	g->flush_bytes = 2 * g->device.l2_bytes;
	return CU(cuCtxGetLimit(&g->local_bytes, CU_LIMIT_STACK),
	          f) || CU(cuMemAlloc(&g->flush, 2 * g->flush_bytes), f) ||
	                       CU(cuMemsetD8Async(g->flush, 0,
	                                          2 * g->flush_bytes,
	                                          g->stream),
	                          f)
	               ? -1
	               : 0;
}

int gpu_local(struct gpu *g, size_t bytes, struct fault *f)
{
	bytes = (bytes / LOCAL_PIECE + 2) * LOCAL_PIECE;
	if (bytes <= g->local_bytes)
		return 0;
	g->local_bytes = bytes;
	return CU(cuCtxSetLimit(CU_LIMIT_STACK, bytes), f);
}

int gpu_scrub(struct gpu *g, uint32_t seed, struct fault *f)
{
	uint64_t sms = (uint64_t)g->device.multiprocessors;
	uint64_t blocks = (uint64_t)g->device.threads / LOCAL_THREADS;
	uint32_t shared = (uint32_t)g->device.shared_bytes;
	uint32_t local = (uint32_t)g->local_bytes;
	void *of_shared[] = {&shared, &seed}, *of_local[] = {&local, &seed};

	return gpu_launch_all(g, SCRUB_SHARED, sms, 1024, shared, of_shared,
	                      f) ||
	                       gpu_launch_all(g, SCRUB_LOCAL, sms * blocks,
	                                      LOCAL_THREADS, 0, of_local, f)
	               ? -1
	               : 0;
}

/* Lines that a kernel asked to keep are made ordinary first: they would outlast
 * what follows. Reading last leaves lines that need not be written back while
 * the next kernel is timed. */
int gpu_flush(struct gpu *g, struct fault *f)
{
	cu_result r = cuda.cuCtxResetPersistingL2Cache();

	if (r && r != CU_NOT_SUPPORTED)
		return cuda_check(r, "cuCtxResetPersistingL2Cache", f);
	if (CU(cuMemsetD8Async(g->flush, (unsigned char)g->ticket,
	                       g->flush_bytes, g->stream),
	       f))
		return -1;
	return gpu_touch(g, g->flush + g->flush_bytes, g->flush_bytes, f);
}
