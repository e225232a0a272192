/* tvm_ffi - what code compiled with TVM-FFI's headers asks of its caller
 *
 * A program that calls kernels, and is linked so that they find its symbols,
 * has these functions by this: libtvm_ffi is not needed. They are those that a
 * kernel cannot be loaded without; what makes objects is not among them.
 */
#ifndef TVM_FFI_H
#define TVM_FFI_H

#include <stddef.h>

/* Where the reason of a failure goes: "KIND: MESSAGE". */
void tvm_ffi_tell(char *words, size_t len);

#endif
