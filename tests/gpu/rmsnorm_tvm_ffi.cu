/* rmsnorm_h4096 with TVM-FFI's own headers, as others write solutions: one CTA
 * a row, which it keeps in registers */
#include <tvm/ffi/container/tensor.h>
#include <tvm/ffi/error.h>
#include <tvm/ffi/extra/c_env_api.h>
#include <tvm/ffi/function.h>

#include <cuda_bf16.h>

namespace
{
constexpr int H = 4096, THREADS = 512, EACH = H / THREADS; /* 16 bytes */

union chunk {
	uint4 word;
	__nv_bfloat16 value[EACH];
};

__device__ float sum_over_cta(float x)
{
	__shared__ float of_warp[THREADS / 32];
	float sum = 0;

	for (int d = 16; d > 0; d /= 2)
		x += __shfl_xor_sync(~0u, x, d);
	if (threadIdx.x % 32 == 0)
		of_warp[threadIdx.x / 32] = x;
	__syncthreads();
	for (float part : of_warp)
		sum += part;
	return sum;
}

__global__ void __launch_bounds__(THREADS)
        rmsnorm(const uint4 *x, const uint4 *weight, uint4 *y)
{
	int64_t at = (int64_t)blockIdx.x * THREADS + threadIdx.x;
	chunk row, factor;
	float sum = 0, scale;

	row.word = x[at];
	factor.word = weight[threadIdx.x];
	for (__nv_bfloat16 v : row.value)
		sum += __bfloat162float(v) * __bfloat162float(v);
	scale = rsqrtf(sum_over_cta(sum) / H + 1e-5f);
	for (int i = 0; i < EACH; i++)
		row.value[i] = __float2bfloat16_rn(
		        __bfloat162float(row.value[i]) * scale *
		        __bfloat162float(factor.value[i]));
	y[at] = row.word;
}

void run(tvm::ffi::TensorView x, tvm::ffi::TensorView weight,
         tvm::ffi::TensorView y)
{
	DLDevice d = x.device();
	auto stream = static_cast<cudaStream_t>(
	        TVMFFIEnvGetStream(d.device_type, d.device_id));

	TVM_FFI_CHECK(x.ndim() == 2 && x.size(1) == H, ValueError)
	        << "want rows of " << H;
	rmsnorm<<<static_cast<unsigned>(x.size(0)), THREADS, 0, stream>>>(
	        static_cast<const uint4 *>(x.data_ptr()),
	        static_cast<const uint4 *>(weight.data_ptr()),
	        static_cast<uint4 *>(y.data_ptr()));
	TVM_FFI_CHECK(cudaGetLastError() == cudaSuccess, RuntimeError)
	        << "it does not launch";
}
} // namespace

TVM_FFI_DLL_EXPORT_TYPED_FUNC(run, run);
