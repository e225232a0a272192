/* span - how long a kernel takes on a GPU, as CUPTI sees it
 *
 *	span cache kernel_dir workloads build.json reference.json >spans.tsv
 *
 * From the start of the first to the end of the last kernel of a call, in
 * nanoseconds: the median, least and most of CALLS. Before each call so many
 * bytes are written that nothing of it is in the L2, and the stream is held
 * until all of it is enqueued. Beside the workloads an empty kernel, one that
 * loads and stores 32 words once, and the bandwidth of a copy.
 *
 * For comparison with others that measure so: nothing here is jailed, checked,
 * or kept from being remembered. The judge's verdicts do not rest on it.
 */
#include "build.h"
#include "clock.h"
#include "file.h"
#include "generate.h"
#include "gpu.h"
#include "hooks.h"
#include "memory.h"
#include "safetensors.h"
#include "spans.h"
#include "tool.h"
#include "trace_set.h"
#include "workload.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CALLS 60
#define FLUSH ((size_t)256 << 20)
#define MEMORY ((size_t)64 << 20) /* that scratch() gives */

struct bench {
	struct gpu gpu;
	struct definition *d;
	ratchet_kernel *run, *inputs;
	const char *list;
	cu_address flush;
	cu_function empty, load_store;
};

static struct fault f;

static void must(int failed)
{
	if (failed)
		errx(EXIT_TROUBLE, "%s", f.text);
}

static int compare(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Calls so often, cold, and prints a line. */
static void measure(struct bench *b, const char *name,
                    int (*call)(struct bench *, void *), void *data)
{
	int64_t ns[CALLS];

	spans_forget();
	for (int i = 0; i < CALLS; i++) {
		must(CU(cuMemsetD8Async(b->flush, (unsigned char)i, FLUSH,
		                        b->gpu.stream),
		        &f) ||
		     gpu_hold(&b->gpu, &f) || call(b, data));
		gpu_release(&b->gpu);
		must(gpu_wait(&b->gpu, &f));
	}
	if (spans_read(ns, CALLS))
		errx(EXIT_TROUBLE, "CUPTI did not see %d calls", CALLS);
	qsort(ns, CALLS, sizeof *ns, compare);
	printf("%s\t%lld\t%lld\t%lld\n", name,
	       (long long)(ns[CALLS / 2 - 1] + ns[CALLS / 2]) / 2,
	       (long long)ns[0], (long long)ns[CALLS - 1]);
	fflush(stdout);
}

static int launch(struct bench *b, cu_function function, void **arguments)
{
	struct cu_launch l = {.grid = {1, 1, 1},
	                      .block = {32, 1, 1},
	                      .stream = b->gpu.stream};

	return CU(cuLaunchKernelEx(&l, function, arguments, NULL), &f);
}

static int call_empty(struct bench *b, void *data)
{
	(void)data;
	return launch(b, b->empty, NULL);
}

static int call_load_store(struct bench *b, void *data)
{
	cu_address out = b->gpu.result;
	void *arguments[] = {data, &out};

	return launch(b, b->load_store, arguments);
}

static int call_kernel(struct bench *b, void *data)
{
	hooks.scratch_used = hooks.zeroed_used = 0;
	return kernel_call(b->run, data,
	                   (uint32_t)(b->d->ninputs + b->d->noutputs), 0, 0,
	                   &f);
}

static void load(struct bench *b, const struct input_spec *spec,
                 struct layout_arg *a)
{
	char *root = trace_set_root(b->list, spec->path);
	const struct safetensor *t;
	struct safetensors file;

	if (!root)
		errx(EXIT_TROUBLE, "%s: no file %s in the folders above it",
		     b->list, spec->path);
	must(safetensors_read_beneath(root, spec->path, &file, &f));
	t = safetensors_find(&file, spec->key);
	if (!t || t->bytes != a->bytes)
		errx(EXIT_TROUBLE, "%s: want %s to be %llu bytes", spec->path,
		     spec->key, (unsigned long long)a->bytes);
	must(CU(cuMemcpyHtoD(a->address, t->data, t->bytes), &f));
	safetensors_free(&file);
	free(root);
}

/* One argument, with memory and values. */
static void make(struct bench *b, const struct workload *w, size_t i,
                 struct layout_arg *a)
{
	const struct definition *d = b->d;
	int is_output = i >= d->ninputs;
	const struct tensor_spec *t =
	        is_output ? &d->outputs[i - d->ninputs] : &d->inputs[i];
	const struct input_spec *spec = is_output ? NULL : &w->input[i];
	struct random_form form;

	*a = (struct layout_arg){.is_output = is_output,
	                         .is_scalar = t->is_scalar,
	                         .dtype = t->dtype,
	                         .ndim = t->ndim};
	a->elements = (uint64_t)tensor_shape(d, t, w->axis_value, a->shape);
	a->bytes = dtype_bytes(t->dtype, a->elements);
	if (a->is_scalar) {
		a->number = spec->kind == INPUT_SCALAR ? spec->scalar : 1;
		a->integer = spec->kind == INPUT_SCALAR ? spec->integer : 1;
		return;
	}
	must(CU(cuMemAlloc(&a->address, a->bytes + 256), &f));
	if (is_output)
		return;
	if (spec->kind == INPUT_SAFETENSORS) {
		load(b, spec, a);
		return;
	}
	form = generate_form(t->dtype, PLANT_NONE, a->elements,
	                     t->ndim ? (uint64_t)a->shape[t->ndim - 1] : 1);
	must(gpu_generate(&b->gpu, t->dtype, a->address, 0, a->elements, &form,
	                  1, i, &f));
}

static void measure_workload(struct bench *b, const struct workload *w)
{
	size_t n = b->d->ninputs + b->d->noutputs;
	struct layout_arg *a = xcalloc(n, sizeof *a);

	for (size_t i = 0; i < n; i++)
		make(b, w, i, &a[i]);
	if (b->inputs)
		must(kernel_call(b->inputs, a, (uint32_t)b->d->ninputs, 0, 0,
		                 &f));
	must(gpu_wait(&b->gpu, &f) || call_kernel(b, a) ||
	     gpu_wait(&b->gpu, &f));
	measure(b, w->uuid, call_kernel, a);
	for (size_t i = 0; i < n; i++)
		if (a[i].address)
			cuda.cuMemFree(a[i].address);
	free(a);
}

static void open_device(struct bench *b)
{
	char *path = xasprintf("%s/anchors.fatbin", tool_dir());
	char *code = file_read(path, FLUSH, NULL);
	cu_module module;

	if (!code)
		err(EXIT_TROUBLE, "%s", path);
	must(gpu_open(&b->gpu, &f) || CU(cuModuleLoadData(&module, code), &f) ||
	     CU(cuModuleGetFunction(&b->empty, module, "empty"), &f) ||
	     CU(cuModuleGetFunction(&b->load_store, module, "load_store"),
	        &f) ||
	     CU(cuMemAlloc(&b->flush, FLUSH), &f) ||
	     CU(cuMemAlloc(&hooks.scratch, MEMORY), &f) ||
	     CU(cuMemAlloc(&hooks.zeroed, ZEROED_BYTES), &f) ||
	     CU(cuMemsetD8Async(hooks.zeroed, 0, ZEROED_BYTES, b->gpu.stream),
	        &f));
	hooks.stream = b->gpu.stream;
	hooks.scratch_bytes = MEMORY;
	hooks.zeroed_bytes = ZEROED_BYTES;
	free(code);
	free(path);
}

/* The function of a build, and what a reference makes inputs with. */
static ratchet_kernel *load_kernel(const char *cache, const char *path,
                                   ratchet_kernel **inputs)
{
	ratchet_kernel *run;
	struct build b;
	char *so;

	must(build_read(path, &b, &f));
	if (!b.ok || !build_is_cached(&b, cache))
		errx(EXIT_TROUBLE, "%s: it did not compile, or is not in %s",
		     path, cache);
	so = build_file(&b, cache, "kernel.so");
	run = kernel_load(so, &f);
	must(!run);
	if (inputs)
		*inputs = kernel_export(so, RATCHET_INPUTS);
	free(so);
	build_free(&b);
	return run;
}

int main(int argc, char *argv[])
{
	struct bench b = {0};
	struct workload_list list;
	char *path, at[TIME_TEXT];
	double bytes_per_ns;

	tool_start();
	if (argc != 6)
		tool_usage("span cache kernel_dir workloads build.json "
		           "reference.json");
	path = xasprintf("%s/definition.json", argv[2]);
	b.list = argv[3];
	b.d = definition_read(path, &f);
	must(!b.d || workload_list_read(b.list, b.d, &list, &f));
	open_device(&b);
	b.run = load_kernel(argv[1], argv[4], NULL);
	load_kernel(argv[1], argv[5], &b.inputs);
	must(gpu_bandwidth(&b.gpu, &bytes_per_ns, &f));
	if (spans_begin("hold"))
		errx(EXIT_TROUBLE, "CUPTI does not see kernels");
	time_text(at);
	printf("# %s, driver %s, CUDA %d.%d, %s\n", b.gpu.device.name,
	       b.gpu.device.driver, spans_toolkit() / 1000,
	       spans_toolkit() % 1000 / 10, at);
	printf("uuid\tspan_ns\tleast_ns\tmost_ns\n");
	printf("copy_gb_s\t%.0f\t-\t-\n", bytes_per_ns);
	measure(&b, "empty", call_empty, NULL);
	measure(&b, "load_store", call_load_store, &b.flush);
	for (size_t i = 0; i < list.count; i++)
		measure_workload(&b, &list.item[i]);
	return EXIT_YES;
}
