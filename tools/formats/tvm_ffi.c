/* tvm_ffi - what code compiled with TVM-FFI's headers asks of its caller
 *
 * Layouts are those of tvm/ffi/c_api.h.
 */
#include "tvm_ffi.h"
#include "ratchet_abi.h"

#include <stdio.h>

struct bytes {
	const char *data;
	size_t size;
};

/* An error's, behind the header of all objects. More follows. */
struct error {
	struct bytes kind, message;
};

struct type {
	int32_t index, depth;
	struct bytes key;
	const struct type **ancestors;
	uint64_t hash;
	int32_t nfields, nmethods;
	const void *fields, *methods, *metadata;
};

void *TVMFFIEnvGetStream(int32_t device_type, int32_t device_id);
void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message);
void TVMFFIErrorSetRaised(const void *object);
const struct bytes *TVMFFIBacktrace(const char *file, int line,
                                    const char *function, int crosses);
const struct type *TVMFFIGetTypeInfo(int32_t index);

static char *told;
static size_t room;

void tvm_ffi_tell(char *words, size_t len)
{
	told = words;
	room = len;
}

/* A CPU has none. */
void *TVMFFIEnvGetStream(int32_t device_type, int32_t device_id)
{
	(void)device_type;
	(void)device_id;
	return NULL;
}

void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message)
{
	snprintf(told, room, "%s: %s", kind, message);
}

static int length_of(const struct bytes *b)
{
	return b->size < room ? (int)b->size : (int)room;
}

void TVMFFIErrorSetRaised(const void *object)
{
	const struct error *e =
	        (const void *)((const char *)object + RATCHET_OBJECT_HEADER);

	snprintf(told, room, "%.*s: %.*s", length_of(&e->kind), e->kind.data,
	         length_of(&e->message), e->message.data);
}

const struct bytes *TVMFFIBacktrace(const char *file, int line,
                                    const char *function, int crosses)
{
	static const struct bytes none = {"", 0};

	(void)file;
	(void)line;
	(void)function;
	(void)crosses;
	return &none;
}

/* What an argument of another type is called in the words of an error. */
const struct type *TVMFFIGetTypeInfo(int32_t index)
{
	static const struct type
	        none = {.index = kTVMFFINone, .key = {"None", 4}},
	        integer = {.index = kTVMFFIInt, .key = {"int", 3}},
	        boolean = {.index = kTVMFFIBool, .key = {"bool", 4}},
	        number = {.index = kTVMFFIFloat, .key = {"float", 5}},
	        tensor = {.index = kTVMFFIDLTensorPtr, .key = {"DLTensor*", 9}},
	        object = {.index = kTVMFFITensor, .key = {"object", 6}};

	switch (index) {
	case kTVMFFINone:
		return &none;
	case kTVMFFIInt:
		return &integer;
	case kTVMFFIBool:
		return &boolean;
	case kTVMFFIFloat:
		return &number;
	case kTVMFFIDLTensorPtr:
		return &tensor;
	default:
		return &object;
	}
}
