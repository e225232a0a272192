/* hooks - what a process that calls a CUDA kernel's host code gives to it */
#include "hooks.h"

#include "memory.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct hooks hooks;

void *TVMFFIEnvGetStream(int32_t type, int32_t id);
void *ratchet_scratch(size_t bytes);
void *ratchet_zeroed(size_t bytes);

void *TVMFFIEnvGetStream(int32_t type, int32_t id)
{
	(void)type;
	(void)id;
	return hooks.stream;
}

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message)
{
	snprintf(hooks.error, sizeof hooks.error, "%s: %s", kind, message);
}

static void *take(uint64_t base, uint64_t room, size_t bytes, uint64_t *used)
{
	if (bytes > room)
		return NULL;
	if (bytes > *used)
		*used = bytes;
	return (void *)(uintptr_t)base;
}

void *ratchet_scratch(size_t bytes)
{
	return take(hooks.scratch, hooks.scratch_bytes, bytes,
	            &hooks.scratch_used);
}

void *ratchet_zeroed(size_t bytes)
{
	return take(hooks.zeroed, hooks.zeroed_bytes, bytes,
	            &hooks.zeroed_used);
}

void *hooks_allocate(size_t bytes)
{
	const size_t alignment = 512;
	uint64_t at = hooks.taken;

	if (bytes > hooks.scratch_bytes - at) {
		hooks.lacked = bytes;
		return NULL;
	}
	hooks.taken += (bytes + alignment - 1) / alignment * alignment;
	if (hooks.taken > hooks.scratch_bytes)
		hooks.taken = hooks.scratch_bytes;
	if (hooks.taken > hooks.scratch_used)
		hooks.scratch_used = hooks.taken;
	return (void *)(uintptr_t)(hooks.scratch + at);
}

ratchet_kernel *kernel_load(const char *path, struct fault *f)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	ratchet_kernel *run = NULL;
	void *symbol;

	if (!library) {
		fault_set(f, "%s", dlerror());
		return NULL;
	}
	symbol = dlsym(library, RATCHET_SYMBOL);
	if (!symbol)
		fault_set(f, "it does not export %s", RATCHET_SYMBOL);
	else
		memcpy(&run, &symbol, sizeof run);
	return run;
}

ratchet_kernel *kernel_export(const char *path, const char *symbol)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL | RTLD_NOLOAD);
	void *found = library ? dlsym(library, symbol) : NULL;
	ratchet_kernel *function = NULL;

	if (found)
		memcpy(&function, &found, sizeof function);
	return function;
}

static void set_scalar(const struct layout_arg *a, TVMFFIAny *out)
{
	if (dtype_is_float(a->dtype)) {
		out->type_index = kTVMFFIFloat;
		out->v_float64 = a->number;
	} else {
		out->type_index =
		        a->dtype == DTYPE_BOOL ? kTVMFFIBool : kTVMFFIInt;
		out->v_int64 = a->integer;
	}
}

struct tensor {
	DLTensor dl;
	int64_t shape[8], strides[8];
};

static void set_tensor(const struct layout_arg *a, uint64_t shift,
                       struct tensor *t, TVMFFIAny *out)
{
	int64_t stride = 1;

	memcpy(t->shape, a->shape, sizeof t->shape);
	for (int i = a->ndim - 1; i >= 0; i--) {
		t->strides[i] = stride;
		stride *= a->shape[i];
	}
	t->dl.data = (void *)(uintptr_t)(a->address + shift);
	t->dl.device.device_type = kDLCUDA;
	t->dl.ndim = a->ndim;
	t->dl.dtype.code = dtype_dlpack_code(a->dtype);
	t->dl.dtype.bits = (uint8_t)dtype_bits(a->dtype);
	t->dl.dtype.lanes = 1;
	t->dl.shape = t->shape;
	t->dl.strides = t->strides;
	out->type_index = kTVMFFIDLTensorPtr;
	out->v_ptr = &t->dl;
}

int kernel_call(ratchet_kernel *run, const struct layout_arg *arg, uint32_t n,
                uint64_t input_shift, uint64_t output_shift, struct fault *f)
{
	TVMFFIAny *any = xcalloc(n, sizeof *any), result = {0};
	struct tensor *t = xcalloc(n, sizeof *t);
	int status;

	hooks.error[0] = '\0';
	hooks.taken = hooks.lacked = 0;
	for (uint32_t i = 0; i < n; i++)
		if (arg[i].is_scalar)
			set_scalar(&arg[i], &any[i]);
		else
			set_tensor(&arg[i],
			           arg[i].is_output ? output_shift
			                            : input_shift,
			           &t[i], &any[i]);
	status = run(NULL, any, (int32_t)n, &result);
	free(any);
	free(t);
	if (status)
		return fault_set(f, "run returned %d%s%s", status,
		                 *hooks.error ? ": " : "", hooks.error);
	return 0;
}
