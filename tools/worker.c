/* worker - runs a kernel's host code for the judge; started by judge alone
 *
 * All that it is and has belongs to the kernel once that is loaded: nothing
 * it says is believed.
 */
#include "doorbell.h"
#include "ratchet_abi.h"
#include "tool.h"
#include "tvm_ffi.h"

#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct call {
	TVMFFIAny arg[DOORBELL_ARGS];
	DLTensor tensor[DOORBELL_ARGS];
	int64_t shape[DOORBELL_ARGS][MAX_DIMS],
	        strides[DOORBELL_ARGS][MAX_DIMS];
	int32_t count;
};

/* Tells a sanitizer, if there is one, what memory is not to be touched. */
typedef void mark_memory(const volatile void *p, size_t bytes);

static struct doorbell *doorbell;
static mark_memory *poison, *unpoison;

static mark_memory *find_mark(const char *name)
{
	void *symbol = dlsym(RTLD_DEFAULT, name);
	mark_memory *mark;

	memcpy(&mark, &symbol, sizeof mark);
	return mark;
}

/* A sanitizer's library must be the first of all that are loaded. */
static void find_sanitizer(char *const *argv)
{
	poison = find_mark("__asan_poison_memory_region");
	unpoison = find_mark("__asan_unpoison_memory_region");
	if (!*doorbell->sanitizer || poison)
		return;
	setenv("LD_PRELOAD", doorbell->sanitizer, 1);
	setenv("ASAN_OPTIONS", "detect_leaks=0:handle_abort=0", 1);
	execv("/proc/self/exe", argv);
	err(EXIT_TROUBLE, "%s", doorbell->sanitizer);
}

static void *map(int fd, int protection, size_t *bytes)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st))
		err(EXIT_TROUBLE, "descriptor %d", fd);
	*bytes = (size_t)st.st_size;
	p = mmap(NULL, (size_t)st.st_size, protection,
	         MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		err(EXIT_TROUBLE, "descriptor %d", fd);
	return p;
}

/* What there is to call, by command. */
typedef ratchet_kernel *functions[DOORBELL_OPS];

static void find(functions f, enum doorbell_op op, void *so, const char *name)
{
	void *symbol = so ? dlsym(so, name) : NULL;

	memcpy(&f[op], &symbol, sizeof f[op]);
	if (symbol)
		doorbell->exports |= 1u << op;
}

static void load_kernel(functions f)
{
	char path[32];
	void *so;

	snprintf(path, sizeof path, "/proc/self/fd/%d", WORKER_KERNEL);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	find(f, DOORBELL_RUN, so, RATCHET_SYMBOL);
	if (!f[DOORBELL_RUN])
		snprintf(doorbell->message, sizeof doorbell->message, "%s",
		         dlerror());
	find(f, DOORBELL_INPUTS, so, RATCHET_INPUTS);
	find(f, DOORBELL_EVALUATE, so, RATCHET_EVALUATE);
}

static void set_tensor(struct call *c, int32_t i, const struct doorbell_arg *a,
                       char *memory)
{
	int64_t stride = 1;

	for (int32_t k = a->ndim - 1; k >= 0; k--) {
		c->shape[i][k] = a->shape[k];
		c->strides[i][k] = stride;
		stride *= a->shape[k];
	}
	c->tensor[i] = (DLTensor){.data = memory + a->offset,
	                          .device = {kDLCPU, 0},
	                          .ndim = a->ndim,
	                          .dtype = {a->code, a->bits, 1},
	                          .shape = c->shape[i],
	                          .strides = c->strides[i]};
	c->arg[i].type_index = kTVMFFIDLTensorPtr;
	c->arg[i].v_ptr = &c->tensor[i];
}

/* The tensors of a call, in memory whose rest is not to be touched. */
struct memory {
	char *start;
	size_t bytes;
};

static void uncover(const struct doorbell_arg *a, const struct memory *m)
{
	size_t bits = a->bits;

	for (int32_t k = 0; k < a->ndim; k++)
		bits *= (size_t)a->shape[k];
	if (unpoison)
		unpoison(m->start + a->offset, (bits + 7) / 8);
}

static void prepare(struct call *c, const struct memory *inputs,
                    const struct memory *outputs)
{
	if (poison) {
		poison(inputs->start, inputs->bytes);
		poison(outputs->start, outputs->bytes);
	}
	c->count = (int32_t)doorbell->nargs;
	for (int32_t i = 0; i < c->count; i++) {
		const struct doorbell_arg *a = &doorbell->arg[i];
		const struct memory *m =
		        a->kind == ARG_INPUT ? inputs : outputs;

		switch (a->kind) {
		case ARG_INPUT:
		case ARG_OUTPUT:
			uncover(a, m);
			set_tensor(c, i, a, m->start);
			break;
		case ARG_FLOAT:
			c->arg[i].type_index = kTVMFFIFloat;
			c->arg[i].v_float64 = a->number;
			break;
		default:
			c->arg[i].type_index =
			        a->kind == ARG_BOOL ? kTVMFFIBool : kTVMFFIInt;
			c->arg[i].v_int64 = a->integer;
		}
	}
}

/* Carries out commands for ever. */
_Noreturn static void serve(functions f, const struct memory *inputs,
                            const struct memory *outputs)
{
	static struct call call;
	uint32_t seen = 0;

	for (;;) {
		TVMFFIAny result = {0};
		uint32_t bell = atomic_load(&doorbell->bell), op;

		if (bell == seen) {
			doorbell_wait(&doorbell->bell, seen, -1);
			continue;
		}
		seen = bell;
		op = doorbell->op;
		if (op == DOORBELL_LOAD)
			doorbell->failed = f[DOORBELL_RUN] ? 0 : -1;
		else if (op < DOORBELL_OPS && f[op]) {
			prepare(&call, inputs, outputs);
			doorbell->failed =
			        f[op](NULL, call.arg, call.count, &result);
		}
		atomic_store(&doorbell->done, bell);
		doorbell_wake(&doorbell->done);
	}
}

int main(int argc, char *argv[])
{
	static functions f;
	struct memory inputs, outputs;
	size_t bytes;
	int writable;

	if (argc != 1)
		errx(EXIT_TROUBLE, "%s: judge alone starts this program",
		     argv[1]);
	doorbell = map(WORKER_DOORBELL, PROT_READ | PROT_WRITE, &bytes);
	find_sanitizer(argv);
	writable = doorbell->writable ? PROT_WRITE : 0;
	inputs.start = map(WORKER_INPUTS, PROT_READ | writable, &inputs.bytes);
	outputs.start =
	        map(WORKER_OUTPUTS, PROT_READ | PROT_WRITE, &outputs.bytes);
	tvm_ffi_tell(doorbell->message, sizeof doorbell->message);
	load_kernel(f);
	serve(f, &inputs, &outputs);
}
