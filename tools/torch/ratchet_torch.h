/* ratchet_torch - calls a kernel with PyTorch's tensors, on its stream
 *
 * The kernel is in the same library, by the C ABI of TVM-FFI. Outputs are new
 * tensors; what is not contiguous is copied. Wrong types and shapes raise a
 * RuntimeError that names the argument.
 */
#ifndef RATCHET_TORCH_H
#define RATCHET_TORCH_H

#include "ratchet_abi.h"

#include <torch/extension.h>

#include <map>
#include <string>
#include <variant>
#include <vector>

#ifdef RATCHET_TORCH_CUDA
#include <ATen/cuda/CUDAContext.h>
#include <c10/cuda/CUDAGuard.h>
#endif

extern "C" ratchet_kernel RATCHET_RUN;

namespace ratchet_torch
{
inline thread_local std::string reason; /* why the last call failed */

/* The extents of the definition's axes, as far as they are known. */
class axes
{
	std::map<std::string, int64_t> extent;

      public:
	void is(const std::string &axis, int64_t n)
	{
		extent[axis] = n;
	}

	/* Checks an input, learns the axes that vary, returns it contiguous. */
	at::Tensor want(const at::Tensor &t, const char *name,
	                at::ScalarType dtype,
	                const std::vector<std::string> &shape)
	{
		TORCH_CHECK(t.scalar_type() == dtype, name, ": want ",
		            at::toString(dtype), ", got ",
		            at::toString(t.scalar_type()));
		TORCH_CHECK(t.dim() == (int64_t)shape.size(), name, ": want ",
		            shape.size(), " axes, got ", t.dim());
		for (size_t i = 0; i < shape.size(); i++) {
			int64_t n = extent.emplace(shape[i], t.size((int64_t)i))
			                    .first->second;

			TORCH_CHECK(t.size((int64_t)i) == n, name, ": want ", n,
			            " for ", shape[i], ", got ",
			            t.size((int64_t)i));
		}
		return t.contiguous();
	}

	at::Tensor make(at::Device device, at::ScalarType dtype,
	                const std::vector<std::string> &shape) const
	{
		std::vector<int64_t> n;

		for (const auto &axis : shape) {
			TORCH_CHECK(extent.count(axis),
			            "no input has the axis ", axis);
			n.push_back(extent.at(axis));
		}
		return at::empty(n, at::TensorOptions(device).dtype(dtype));
	}
};

inline DLDataType type_of(const at::Tensor &t)
{
	auto bits = (uint8_t)(t.element_size() * 8);

	switch (t.scalar_type()) {
	case at::kBFloat16:
		return {kDLBfloat, bits, 1};
	case at::kFloat8_e4m3fn:
		return {kDLFloat8_e4m3fn, bits, 1};
	case at::kFloat8_e5m2:
		return {kDLFloat8_e5m2, bits, 1};
	case at::kBool:
		return {kDLBool, bits, 1};
	default:
		return {(uint8_t)(t.is_floating_point() ? kDLFloat : kDLInt),
		        bits, 1};
	}
}

using value = std::variant<at::Tensor, int64_t, double, bool>;

/* The arguments in the definition's order, outputs last. */
inline void call(std::vector<value> arguments)
{
	std::vector<TVMFFIAny> any(arguments.size());
	std::vector<DLTensor> tensor(arguments.size());
	TVMFFIAny result = {};
	at::Device device = std::get<at::Tensor>(arguments.back()).device();

	for (size_t i = 0; i < arguments.size(); i++) {
		value &v = arguments[i];

		any[i] = {};
		if (auto *t = std::get_if<at::Tensor>(&v)) {
			TORCH_CHECK(t->device() == device,
			            "all tensors want to be on ", device);
			tensor[i] = {t->data_ptr(),
			             {device.is_cuda() ? kDLCUDA : kDLCPU,
			              device.is_cuda() ? device.index() : 0},
			             (int32_t)t->dim(),
			             type_of(*t),
			             const_cast<int64_t *>(t->sizes().data()),
			             nullptr,
			             0};
			any[i].type_index = kTVMFFIDLTensorPtr;
			any[i].v_ptr = &tensor[i];
		} else if (auto *n = std::get_if<int64_t>(&v)) {
			any[i].type_index = kTVMFFIInt;
			any[i].v_int64 = *n;
		} else if (auto *x = std::get_if<double>(&v)) {
			any[i].type_index = kTVMFFIFloat;
			any[i].v_float64 = *x;
		} else {
			any[i].type_index = kTVMFFIBool;
			any[i].v_int64 = std::get<bool>(v);
		}
	}
#ifdef RATCHET_TORCH_CUDA
	c10::cuda::CUDAGuard guard(device);
#endif
	reason = "no reason given";
	TORCH_CHECK(RATCHET_RUN(nullptr, any.data(), (int32_t)any.size(),
	                        &result) == 0,
	            reason);
}
} // namespace ratchet_torch

/* What kernels ask for. */
extern "C" void *TVMFFIEnvGetStream(int32_t type, int32_t id)
{
#ifdef RATCHET_TORCH_CUDA
	if (type == kDLCUDA)
		return at::cuda::getCurrentCUDAStream((c10::DeviceIndex)id)
		        .stream();
#endif
	(void)type;
	(void)id;
	return nullptr;
}

extern "C" void TVMFFIErrorSetRaisedFromCStr(const char *kind,
                                             const char *message)
{
	ratchet_torch::reason = std::string(kind) + ": " + message;
}

#endif
