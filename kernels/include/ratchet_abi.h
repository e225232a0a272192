/* ratchet_abi - how a kernel is called: TVM-FFI's C ABI and DLPack's tensor
 *
 * A kernel is a shared object that exports
 *
 *	int __tvm_ffi_run(void *self, const TVMFFIAny *args, int32_t count,
 *			  TVMFFIAny *result);
 *
 * args are the definition's inputs in order, then its outputs, which exist
 * already. It returns 0, or -1 after TVMFFIErrorSetRaisedFromCStr(). The
 * layouts and names are those of tvm/ffi/c_api.h and dlpack/dlpack.h, written
 * out here so that nothing has to be installed. Kernels include ratchet.h;
 * programs that call kernels include this.
 */
#ifndef RATCHET_ABI_H
#define RATCHET_ABI_H

#include <stddef.h>
#include <stdint.h>

#define RATCHET_SYMBOL "__tvm_ffi_run"

/* Called the same way; a reference may export them besides. */
#define RATCHET_EVALUATE "__tvm_ffi_evaluate"
#define RATCHET_INPUTS "__tvm_ffi_inputs"

enum { kDLCPU = 1, kDLCUDA = 2 };

enum {
	kDLInt = 0,
	kDLUInt = 1,
	kDLFloat = 2,
	kDLBfloat = 4,
	kDLBool = 6,
	kDLFloat8_e4m3fn = 10,
	kDLFloat8_e5m2 = 12,
	kDLFloat4_e2m1fn = 17
};

typedef struct {
	int32_t device_type; /* kDLCPU, kDLCUDA */
	int32_t device_id;
} DLDevice;

typedef struct {
	uint8_t code; /* kDLInt ... */
	uint8_t bits;
	uint16_t lanes; /* 1 */
} DLDataType;

typedef struct {
	void *data;
	DLDevice device;
	int32_t ndim;
	DLDataType dtype;
	int64_t *shape;
	int64_t *strides; /* in elements; NULL: row-major */
	uint64_t byte_offset;
} DLTensor;

enum {
	kTVMFFINone = 0,
	kTVMFFIInt = 1,
	kTVMFFIBool = 2,
	kTVMFFIFloat = 3,
	kTVMFFIOpaquePtr = 4,
	kTVMFFIDLTensorPtr = 7,
	kTVMFFITensor = 70 /* an object: its DLTensor follows the header */
};

#define RATCHET_OBJECT_HEADER 24 /* bytes before a Tensor object's DLTensor */

typedef struct {
	int32_t type_index;
	uint32_t zero_padding;
	union {
		int64_t v_int64; /* Int; Bool as 0 or 1 */
		double v_float64;
		void *v_ptr; /* DLTensor *, or the object */
	};
} TVMFFIAny;

typedef int ratchet_kernel(void *self, const TVMFFIAny *args, int32_t count,
                           TVMFFIAny *result);

/* What the calling process gives to kernels, if it has it:
 *
 * void *TVMFFIEnvGetStream(int32_t device_type, int32_t device_id);
 *	the stream to use (a cudaStream_t).
 * void TVMFFIErrorSetRaisedFromCStr(const char *kind, const char *message);
 *	takes the reason of a failure; kind is such as "ValueError".
 * void *ratchet_scratch(size_t bytes);
 * void *ratchet_zeroed(size_t bytes);
 *	memory for scratch() and zeroed() of ratchet.h, aligned to 256 bytes;
 *	NULL if there is not so much. The same memory at every call.
 */

#endif
