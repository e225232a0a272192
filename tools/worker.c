/* worker - runs a kernel's host code for the judge; started by judge alone
 *
 * All that it is and has belongs to the kernel once that is loaded: nothing
 * it says is believed.
 */
#include "doorbell.h"
#include "ratchet_abi.h"
#include "tool.h"

#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

struct call {
	TVMFFIAny arg[DOORBELL_ARGS];
	DLTensor tensor[DOORBELL_ARGS];
	int64_t shape[DOORBELL_ARGS][MAX_DIMS],
	        strides[DOORBELL_ARGS][MAX_DIMS];
	int32_t count;
};

static struct doorbell *doorbell;

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message);

/* Kernels report here why they fail. */
void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message)
{
	snprintf(doorbell->message, sizeof doorbell->message, "%s: %s", kind,
	         message);
}

static void *map(int fd, int protection)
{
	struct stat st;
	void *p;

	if (fstat(fd, &st))
		err(EXIT_TROUBLE, "descriptor %d", fd);
	p = mmap(NULL, (size_t)st.st_size, protection,
	         MAP_SHARED | MAP_POPULATE, fd, 0);
	if (p == MAP_FAILED)
		err(EXIT_TROUBLE, "descriptor %d", fd);
	return p;
}

static ratchet_kernel *load_kernel(void)
{
	char path[32];
	void *so, *symbol;
	ratchet_kernel *kernel;

	snprintf(path, sizeof path, "/proc/self/fd/%d", WORKER_KERNEL);
	so = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	symbol = so ? dlsym(so, RATCHET_SYMBOL) : NULL;
	if (!symbol)
		snprintf(doorbell->message, sizeof doorbell->message, "%s",
		         dlerror());
	memcpy(&kernel, &symbol, sizeof kernel);
	return kernel;
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

static void prepare(struct call *c, char *inputs, char *outputs)
{
	c->count = (int32_t)doorbell->nargs;
	for (int32_t i = 0; i < c->count; i++) {
		const struct doorbell_arg *a = &doorbell->arg[i];

		switch (a->kind) {
		case ARG_INPUT:
			set_tensor(c, i, a, inputs);
			break;
		case ARG_OUTPUT:
			set_tensor(c, i, a, outputs);
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
_Noreturn static void serve(ratchet_kernel *kernel, char *inputs, char *outputs)
{
	static struct call call;
	uint32_t seen = 0;

	for (;;) {
		TVMFFIAny result = {0};
		uint32_t bell = atomic_load(&doorbell->bell);

		if (bell == seen) {
			doorbell_wait(&doorbell->bell, seen, -1);
			continue;
		}
		seen = bell;
		if (doorbell->op == DOORBELL_LOAD)
			doorbell->failed = kernel ? 0 : -1;
		else if (doorbell->op == DOORBELL_RUN) {
			prepare(&call, inputs, outputs);
			doorbell->failed =
			        kernel(NULL, call.arg, call.count, &result);
		}
		atomic_store(&doorbell->done, bell);
		doorbell_wake(&doorbell->done);
	}
}

int main(int argc, char *argv[])
{
	char *inputs, *outputs;
	int writable;

	if (argc != 1)
		errx(EXIT_TROUBLE, "%s: judge alone starts this program",
		     argv[1]);
	doorbell = map(WORKER_DOORBELL, PROT_READ | PROT_WRITE);
	writable = doorbell->writable ? PROT_WRITE : 0;
	inputs = map(WORKER_INPUTS, PROT_READ | writable);
	outputs = map(WORKER_OUTPUTS, PROT_READ | PROT_WRITE);
	serve(load_kernel(), inputs, outputs);
}
