/* torch_binding - C++ that calls a kernel with PyTorch's tensors */
#ifndef TORCH_BINDING_H
#define TORCH_BINDING_H

#include "definition.h"
#include "fault.h"

/* Can a definition be a function of PyTorch's tensors? 0, or -1 with the fault
 * set: an element type that it has not, or no tensor among the inputs. */
int torch_can(const struct definition *d, struct fault *f);

/* binding.cpp, over ratchet_torch.h; symbol: what the kernel exports. Caller
 * frees. */
char *torch_binding(const struct definition *d, const char *symbol);

#endif
