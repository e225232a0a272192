/* direct - a kernel's own host code, called on tensors of a workload */
#include "direct.h"

#include "build.h"
#include "file.h"
#include "generate.h"
#include "memory.h"
#include "safetensors.h"
#include "tool.h"
#include "trace_set.h"

#include <err.h>
#include <stdlib.h>

struct fault direct_fault;

void direct_must(int failed)
{
	if (failed)
		errx(EXIT_TROUBLE, "%s", direct_fault.text);
}

static void load(struct direct *b, const struct input_spec *spec,
                 struct layout_arg *a)
{
	char *root = trace_set_root(b->list_path, spec->path);
	const struct safetensor *t;
	struct safetensors file;

	if (!root)
		errx(EXIT_TROUBLE, "%s: no file %s in the folders above it",
		     b->list_path, spec->path);
	direct_must(safetensors_read_beneath(root, spec->path, &file,
	                                     &direct_fault));
	t = safetensors_find(&file, spec->key);
	if (!t || t->bytes != a->bytes)
		errx(EXIT_TROUBLE, "%s: want %s to be %llu bytes", spec->path,
		     spec->key, (unsigned long long)a->bytes);
	direct_must(
	        CU(cuMemcpyHtoD(a->address, t->data, t->bytes), &direct_fault));
	safetensors_free(&file);
	free(root);
}

/* One argument, with memory and values. */
static void make(struct direct *b, const struct workload *w, size_t i,
                 uint64_t seed, struct layout_arg *a)
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
	direct_must(CU(cuMemAlloc(&a->address, a->bytes + 256), &direct_fault));
	if (is_output)
		return;
	if (spec->kind == INPUT_SAFETENSORS) {
		load(b, spec, a);
		return;
	}
	form = generate_form(t->dtype, PLANT_NONE, a->elements,
	                     t->ndim ? (uint64_t)a->shape[t->ndim - 1] : 1);
	direct_must(gpu_generate(&b->gpu, t->dtype, a->address, 0, a->elements,
	                         &form, seed, i, &direct_fault));
}

/* The function of a build, and what a reference makes inputs with. */
static ratchet_kernel *load_kernel(const char *cache, const char *path,
                                   ratchet_kernel **inputs)
{
	ratchet_kernel *run;
	struct build b;
	char *so;

	direct_must(build_read(path, &b, &direct_fault));
	if (!b.ok || !build_is_cached(&b, cache))
		errx(EXIT_TROUBLE, "%s: it did not compile, or is not in %s",
		     path, cache);
	so = build_file(&b, cache, "kernel.so");
	run = kernel_load(so, &direct_fault);
	direct_must(!run);
	if (inputs)
		*inputs = kernel_export(so, RATCHET_INPUTS);
	free(so);
	build_free(&b);
	return run;
}

size_t direct_count(const struct direct *b)
{
	return b->d->ninputs + b->d->noutputs;
}

struct layout_arg *direct_arguments(struct direct *b, const struct workload *w,
                                    uint64_t seed)
{
	struct layout_arg *a = xcalloc(direct_count(b), sizeof *a);

	for (size_t i = 0; i < direct_count(b); i++)
		make(b, w, i, seed, &a[i]);
	if (b->inputs)
		direct_must(kernel_call(b->inputs, a, (uint32_t)b->d->ninputs,
		                        0, 0, &direct_fault));
	direct_must(gpu_wait(&b->gpu, &direct_fault));
	return a;
}

void direct_free(struct direct *b, struct layout_arg *a)
{
	for (size_t i = 0; i < direct_count(b); i++)
		if (a[i].address)
			cuda.cuMemFree(a[i].address);
	free(a);
}

int direct_call(struct direct *b, const struct layout_arg *a)
{
	return kernel_call(b->run, a, (uint32_t)direct_count(b), 0, 0,
	                   &direct_fault);
}

void direct_open(struct direct *b, char *argv[])
{
	char *path = xasprintf("%s/definition.json", argv[1]);

	b->list_path = argv[2];
	b->d = definition_read(path, &direct_fault);
	direct_must(!b->d || workload_list_read(b->list_path, b->d, &b->list,
	                                        &direct_fault));
	direct_must(gpu_open(&b->gpu, &direct_fault));
	hooks.stream = b->gpu.stream;
	b->run = load_kernel(argv[0], argv[3], NULL);
	load_kernel(argv[0], argv[4], &b->inputs);
	free(path);
}
