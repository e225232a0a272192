/* call - calls a kernel with arguments given as words
 *
 * usage: call kernel.so word...
 *
 * f32[2,3]=1,2,... a float32 tensor (zeros where no numbers follow), f64[2]
 * one of float64, object:f32[2]=... the same as a Tensor object; int:5,
 * float:2.5, bool:1, none. Prints every tensor of float32 after the call, or
 * the error, with exit 1. It serves scratch memory, 1 KiB of it filled with
 * 0xaa, and prints what was asked for. With TWICE in the environment it calls
 * twice.
 */
#include "memory.h"
#include "ratchet_abi.h"
#include "tool.h"

#include <dlfcn.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENTS 20

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message);
void *ratchet_scratch(size_t bytes);
void *ratchet_zeroed(size_t bytes);

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message)
{
	printf("%s: %s\n", kind, message);
}

void *ratchet_scratch(size_t bytes)
{
	static void *memory;

	printf("scratch %zu\n", bytes);
	if (!memory && !(memory = aligned_alloc(256, 1024)))
		err(EXIT_TROUBLE, "aligned_alloc");
	memset(memory, 0xaa, 1024);
	return bytes <= 1024 ? memory : NULL;
}

void *ratchet_zeroed(size_t bytes)
{
	void *memory = ratchet_scratch(bytes);

	return memory ? memset(memory, 0, 1024) : NULL;
}

/* Reads "2,3]=1,2,..." into a tensor of elements of so many bits. */
static DLTensor *read_tensor(const char *word, uint8_t bits, size_t header)
{
	char *block = xcalloc(1, header + sizeof(DLTensor));
	DLTensor *t = (DLTensor *)(block + header);
	int64_t elements = 1;
	char *end = NULL;
	double x;

	t->shape = xcalloc(8, sizeof *t->shape);
	for (; *word && *word != ']'; word = end + (*end == ',')) {
		t->shape[t->ndim] = strtol(word, &end, 10);
		elements *= t->shape[t->ndim++];
	}
	t->device.device_type = kDLCPU;
	t->dtype = (DLDataType){kDLFloat, bits, 1};
	t->data = xcalloc((size_t)elements, bits / 8u);
	word += strlen("]=") * (strchr(word, '=') != NULL);
	for (int64_t i = 0; i < elements && *word && *word != ']'; i++) {
		x = strtod(word, &end);
		if (bits == 32)
			((float *)t->data)[i] = (float)x;
		else
			((double *)t->data)[i] = x;
		word = end + (*end == ',');
	}
	return t;
}

static TVMFFIAny read_word(const char *word)
{
	TVMFFIAny a = {.type_index = kTVMFFINone};
	int is_object = strncmp(word, "object:", 7) == 0;

	if (is_object)
		word += 7;
	if (!strncmp(word, "f32[", 4) || !strncmp(word, "f64[", 4)) {
		size_t header = is_object ? RATCHET_OBJECT_HEADER : 0;
		uint8_t bits = word[1] == '3' ? 32 : 64;

		a.type_index = is_object ? kTVMFFITensor : kTVMFFIDLTensorPtr;
		a.v_ptr = (char *)read_tensor(word + 4, bits, header) - header;
	} else if (!strncmp(word, "int:", 4)) {
		a.type_index = kTVMFFIInt;
		a.v_int64 = strtol(word + 4, NULL, 10);
	} else if (!strncmp(word, "bool:", 5)) {
		a.type_index = kTVMFFIBool;
		a.v_int64 = word[5] == '1';
	} else if (!strncmp(word, "float:", 6)) {
		a.type_index = kTVMFFIFloat;
		a.v_float64 = strtod(word + 6, NULL);
	} else if (strcmp(word, "none")) {
		errx(EXIT_TROUBLE, "%s: unknown argument", word);
	}
	return a;
}

static void print_tensor(const TVMFFIAny *a)
{
	size_t skip =
	        a->type_index == kTVMFFITensor ? RATCHET_OBJECT_HEADER : 0;
	const DLTensor *t = (const DLTensor *)((const char *)a->v_ptr + skip);
	int64_t elements = 1;

	if (a->type_index != kTVMFFIDLTensorPtr && !skip)
		return;
	for (int i = 0; i < t->ndim; i++)
		elements *= t->shape[i];
	for (int64_t i = 0; t->dtype.bits == 32 && i < elements; i++)
		printf("%s%g", i ? "," : "", (double)((float *)t->data)[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	static TVMFFIAny args[ARGUMENTS]; /* they own their tensors */
	TVMFFIAny result = {.type_index = kTVMFFIInt};
	ratchet_kernel *kernel;
	int count = argc - 2;
	void *library, *symbol;

	tool_start();
	if (count < 0 || count > ARGUMENTS)
		tool_usage("call kernel.so word...");
	library = dlopen(argv[1], RTLD_NOW);
	if (!library || !(symbol = dlsym(library, RATCHET_SYMBOL)))
		errx(EXIT_TROUBLE, "%s", dlerror());
	memcpy(&kernel, &symbol, sizeof kernel);
	for (int i = 0; i < count; i++)
		args[i] = read_word(argv[i + 2]);
	for (int calls = getenv("TWICE") ? 2 : 1; calls > 0; calls--)
		if (kernel(NULL, args, count, &result))
			return EXIT_NO;
	if (result.type_index != kTVMFFINone)
		errx(EXIT_TROUBLE, "the result is not None");
	for (int i = 0; i < count; i++)
		print_tensor(&args[i]);
	return EXIT_YES;
}
