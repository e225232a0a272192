/* gpu - the judge's own device code (device.cu), as functions */
#include "gpu_parts.h"

#include "file.h"
#include "memory.h"
#include "tool.h"

#include <stdlib.h>
#include <string.h>

static const char *const kernel_name[KERNELS] = {
        "generate",        "poison",         "scrub_shared",
        "scrub_local",     "touch",          "hold",
        "mark_rows",       "count_bits",     "count_nonzero",
        "count_different", "check_red_zone", "check_elements",
};

#define THREADS 256
#define MIB ((size_t)1 << 20)

static int enqueue(struct gpu *g, struct cu_launch *l, int kernel,
                   uint64_t grid, uint32_t block, uint32_t shared,
                   void **params, struct fault *f)
{
	l->grid[0] = (uint32_t)grid;
	l->grid[1] = l->grid[2] = 1;
	l->block[0] = block;
	l->block[1] = l->block[2] = 1;
	l->shared_bytes = shared;
	l->stream = g->stream;
	return CU(cuLaunchKernelEx(l, g->kernel[kernel], params, NULL), f);
}

static int launch(struct gpu *g, int kernel, uint64_t grid, uint32_t block,
                  void **params, struct fault *f)
{
	struct cu_launch l = {.attributes = 0};

	return grid ? enqueue(g, &l, kernel, grid, block, 0, params, f) : 0;
}

int gpu_launch_all(struct gpu *g, int kernel, uint64_t grid, uint32_t block,
                   uint32_t shared, void **params, struct fault *f)
{
	struct cu_attribute together = {.id = CU_ATTR_COOPERATIVE,
	                                .value.number = 1};
	struct cu_launch l = {.attribute = &together, .attributes = 1};

	return enqueue(g, &l, kernel, grid, block, shared, params, f);
}

/* Enough blocks for n things, but no more than keep the device busy: the
 * kernels loop over the rest. */
static int gpu_launch_over(struct gpu *g, int kernel, uint64_t n, void **params,
                           struct fault *f)
{
	uint64_t grid = (n + THREADS - 1) / THREADS;
	uint64_t most = (uint64_t)g->device.multiprocessors * 16;

	return launch(g, kernel, grid < most ? grid : most, THREADS, params, f);
}

static int load_kernels(struct gpu *g, struct fault *f)
{
	char *path = xasprintf("%s/device.fatbin", tool_dir());
	char *image = file_read(path, 64 * MIB, NULL);
	cu_module module;

	if (!image) {
		fault_errno(f,
		            "%s: the judge's device code; run make where "
		            "there is nvcc",
		            path);
		free(path);
		return -1;
	}
	free(path);
	if (CU(cuModuleLoadData(&module, image), f))
		return -1;
	free(image);
	for (int i = 0; i < KERNELS; i++)
		if (CU(cuModuleGetFunction(&g->kernel[i], module,
		                           kernel_name[i]),
		       f))
			return -1;
	return CU(cuFuncSetAttribute(g->kernel[SCRUB_SHARED],
	                             CU_FUNC_MAX_DYNAMIC_SHARED,
	                             g->device.shared_bytes),
	          f);
}

int gpu_open(struct gpu *g, struct fault *f)
{
	void *host;

	memset(g, 0, sizeof *g);
	/* A kernel that is loaded at its first launch waits for the device,
	 * which would never end behind a held stream. */
	setenv("CUDA_MODULE_LOADING", "EAGER", 1);
	if (cuda_open(&g->device, &g->context, f) || load_kernels(g, f))
		return -1;
	if (CU(cuStreamCreate(&g->stream, CU_STREAM_ASYNC), f) ||
	    CU(cuEventCreate(&g->before, 0), f) ||
	    CU(cuEventCreate(&g->after, 0), f) || gpu_state_open(g, f) ||
	    CU(cuMemAlloc(&g->result, 4096), f) ||
	    CU(cuMemHostAlloc(&host, 4096, CU_HOST_ALLOC_MAPPED), f) ||
	    CU(cuMemHostGetDevicePointer(&g->gate_address, host, 0), f))
		return -1;
	g->gate = host;
	*g->gate = 0;
	return 0;
}

int gpu_generate(struct gpu *g, enum dtype t, cu_address out, uint64_t first,
                 uint64_t n, const struct random_form *form, uint64_t seed,
                 uint64_t stream, struct fault *f)
{
	struct random_form copy = *form;
	void *params[] = {&t, &copy, &out, &first, &n, &seed, &stream};

	return gpu_launch_over(g, GENERATE, (n + 3) / 4, params, f);
}

int gpu_poison(struct gpu *g, cu_address out, uint64_t bytes, uint64_t seed,
               uint64_t stream, struct fault *f)
{
	uint64_t n = bytes / 16;
	void *params[] = {&out, &n, &seed, &stream};

	return gpu_launch_over(g, POISON, n, params, f);
}

int gpu_touch(struct gpu *g, cu_address in, uint64_t bytes, struct fault *f)
{
	uint64_t n = bytes / 16;
	void *params[] = {&in, &n, &g->result};

	return gpu_launch_over(g, TOUCH, n, params, f);
}

int gpu_hold(struct gpu *g, struct fault *f)
{
	void *params[] = {&g->gate_address, &g->ticket};

	g->ticket++;
	return launch(g, HOLD, 1, 1, params, f);
}

void gpu_release(struct gpu *g)
{
	__atomic_store_n(g->gate, g->ticket, __ATOMIC_RELEASE);
}

int gpu_wait(struct gpu *g, struct fault *f)
{
	return CU(cuStreamSynchronize(g->stream), f);
}

int gpu_elapsed_ns(struct gpu *g, int64_t *ns, struct fault *f)
{
	float ms;

	if (CU(cuEventElapsedTime(&ms, g->before, g->after), f))
		return -1;
	*ns = (int64_t)((double)ms * 1e6 + 0.5);
	return 0;
}

static int count(struct gpu *g, int kernel, uint64_t n, void **params,
                 uint64_t *out, struct fault *f)
{
	if (CU(cuMemsetD8Async(g->result, 0, sizeof *out, g->stream), f) ||
	    gpu_launch_over(g, kernel, n, params, f) || gpu_wait(g, f))
		return -1;
	return CU(cuMemcpyDtoH(out, g->result, sizeof *out), f);
}

int gpu_count_nonzero(struct gpu *g, cu_address in, uint64_t bytes,
                      uint64_t *out, struct fault *f)
{
	uint64_t n = bytes / 16;
	void *params[] = {&in, &n, &g->result};

	return count(g, COUNT_NONZERO, n, params, out, f);
}

int gpu_count_different(struct gpu *g, cu_address a, cu_address b,
                        uint64_t bytes, uint64_t *out, struct fault *f)
{
	void *params[] = {&a, &b, &bytes, &g->result};

	return count(g, COUNT_DIFFERENT, bytes, params, out, f);
}

/* Room for a bit of each row, kept for the next time: to free memory waits for
 * the device. */
static int grow_bitmap(struct gpu *g, uint64_t words, struct fault *f)
{
	if (words <= g->bitmap_words)
		return 0;
	if (g->bitmap_words && CU(cuMemFree(g->bitmap), f))
		return -1;
	g->bitmap_words = 0;
	if (CU(cuMemAlloc(&g->bitmap, words * 4), f))
		return -1;
	g->bitmap_words = words;
	return 0;
}

int gpu_count_rows(struct gpu *g, int is_int64, cu_address index, uint64_t n,
                   uint64_t rows, uint64_t *out, struct fault *f)
{
	uint64_t words = rows / 32 + 1;
	void *marked[] = {&is_int64, &index, &n, &g->bitmap, &rows};
	void *counted[] = {&g->bitmap, &words, &g->result};

	return grow_bitmap(g, words, f) ||
	                       CU(cuMemsetD8Async(g->bitmap, 0, words * 4,
	                                          g->stream),
	                          f) ||
	                       gpu_launch_over(g, MARK_ROWS, n, marked, f) ||
	                       count(g, COUNT_BITS, words, counted, out, f)
	               ? -1
	               : 0;
}

int gpu_check_begin(struct gpu *g, cu_address result, uint32_t n,
                    struct fault *f)
{
	struct check *zero = xcalloc(n, sizeof *zero);
	int status;

	for (uint32_t i = 0; i < n; i++)
		zero[i].first = -1;
	status =
	        CU(cuMemcpyHtoDAsync(result, zero, n * sizeof *zero, g->stream),
	           f) ||
	        gpu_wait(g, f);
	free(zero);
	return status ? -1 : 0;
}

int gpu_check(struct gpu *g, const struct gpu_output *o,
              const struct check_rule *rule, cu_address result, struct fault *f)
{
	struct gpu_output v = *o;
	struct check_rule r = *rule;
	uint32_t size = dtype_bits(o->dtype) / 8;
	uint64_t before = RED_ZONE, end = RED_ZONE + o->bytes;
	void *zone[] = {&v.slot, &before,   &end,   &v.slot_bytes,
	                &v.seed, &v.stream, &result};
	void *elements[] = {&v.dtype,    &size,   &v.compared, &v.expected,
	                    &v.elements, &v.seed, &v.stream,   &r.atol,
	                    &r.rtol,     &result};

	return gpu_launch_over(g, CHECK_RED_ZONE, v.slot_bytes - v.bytes, zone,
	                       f) ||
	                       gpu_launch_over(g, CHECK_ELEMENTS, v.elements,
	                                       elements, f)
	               ? -1
	               : 0;
}

static int by_value(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

int gpu_anchor(struct gpu *g, int64_t *ns, struct fault *f)
{
	int64_t sample[21];

	for (int i = 0; i < 21; i++) {
		if (gpu_hold(g, f) ||
		    CU(cuEventRecord(g->before, g->stream), f) ||
		    CU(cuEventRecord(g->after, g->stream), f))
			return -1;
		gpu_release(g);
		if (gpu_wait(g, f) || gpu_elapsed_ns(g, &sample[i], f))
			return -1;
	}
	qsort(sample, 21, sizeof *sample, by_value);
	*ns = sample[10];
	return 0;
}

int gpu_bandwidth(struct gpu *g, double *bytes_per_ns, struct fault *f)
{
	size_t bytes = 4 * g->device.l2_bytes;
	cu_address a;
	int64_t ns;

	*bytes_per_ns = 0;
	if (CU(cuMemAlloc(&a, 2 * bytes), f))
		return -1;
	for (int i = 0; i < 3; i++) {
		if (CU(cuEventRecord(g->before, g->stream), f) ||
		    CU(cuMemcpyDtoDAsync(a, a + bytes, bytes, g->stream), f) ||
		    CU(cuEventRecord(g->after, g->stream), f) ||
		    gpu_wait(g, f) || gpu_elapsed_ns(g, &ns, f))
			return -1;
		if (ns > 0 && 2.0 * (double)bytes / (double)ns > *bytes_per_ns)
			*bytes_per_ns = 2.0 * (double)bytes / (double)ns;
	}
	return CU(cuMemFree(a), f);
}
