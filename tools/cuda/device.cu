/* device - the judge's own device code: makes inputs, poisons, scrubs, checks
 *
 * Launchers load the fat binary that is built from this. Names are C names, so
 * that gpu.c finds them. Built with -fmad=false: the generator must give the
 * bits that the CPU's gives.
 */
#include "check.h"
#include "random.h"

#include <cooperative_groups.h>
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#include <cuda_fp8.h>

#define KERNEL extern "C" __global__ void

static __device__ __forceinline__ uint64_t thread_index(void)
{
	return (uint64_t)blockIdx.x * blockDim.x + threadIdx.x;
}

static __device__ __forceinline__ uint64_t thread_count(void)
{
	return (uint64_t)gridDim.x * blockDim.x;
}

static __device__ void store(enum dtype t, void *array, uint64_t i, float x)
{
	switch (t) {
	case DTYPE_FLOAT32:
		((float *)array)[i] = x;
		break;
	case DTYPE_FLOAT16:
		((__half *)array)[i] = __float2half_rn(x);
		break;
	case DTYPE_BFLOAT16:
		((__nv_bfloat16 *)array)[i] = __float2bfloat16_rn(x);
		break;
	case DTYPE_FLOAT8_E4M3FN:
		((uint8_t *)array)[i] =
		        __nv_cvt_float_to_fp8(x, __NV_SATFINITE, __NV_E4M3);
		break;
	case DTYPE_FLOAT8_E5M2:
		((uint8_t *)array)[i] =
		        __nv_cvt_float_to_fp8(x, __NV_NOSAT, __NV_E5M2);
		break;
	case DTYPE_INT64:
		((int64_t *)array)[i] = (int64_t)x;
		break;
	case DTYPE_INT32:
		((int32_t *)array)[i] = (int32_t)x;
		break;
	case DTYPE_INT16:
		((int16_t *)array)[i] = (int16_t)x;
		break;
	default:
		((int8_t *)array)[i] = (int8_t)x;
	}
}

static __device__ double load(enum dtype t, const void *array, uint64_t i)
{
	switch (t) {
	case DTYPE_FLOAT32:
		return ((const float *)array)[i];
	case DTYPE_FLOAT16:
		return __half2float(((const __half *)array)[i]);
	case DTYPE_BFLOAT16:
		return __bfloat162float(((const __nv_bfloat16 *)array)[i]);
	case DTYPE_FLOAT8_E4M3FN:
	case DTYPE_FLOAT8_E5M2: {
		__half_raw h = __nv_cvt_fp8_to_halfraw(
		        ((const uint8_t *)array)[i],
		        t == DTYPE_FLOAT8_E4M3FN ? __NV_E4M3 : __NV_E5M2);

		return __half2float(__half(h));
	}
	case DTYPE_INT64:
		return (double)((const int64_t *)array)[i];
	case DTYPE_INT32:
		return ((const int32_t *)array)[i];
	case DTYPE_INT16:
		return ((const int16_t *)array)[i];
	case DTYPE_BOOL: /* as bytes: only 0 and 1 are right */
		return ((const uint8_t *)array)[i];
	default:
		return ((const int8_t *)array)[i];
	}
}

/* Random elements from first on, four from each block of the generator. */
KERNEL generate(enum dtype t, struct random_form form, void *out,
                uint64_t first, uint64_t n, uint64_t seed, uint64_t stream)
{
	for (uint64_t b = thread_index(); b * 4 < n; b += thread_count()) {
		struct random4 r = random_block(seed, stream, first / 4 + b);

		for (int j = 0; j < 4 && b * 4 + j < n; j++)
			store(t, out, b * 4 + j,
			      random_value(&form, seed, stream,
			                   first + b * 4 + j, r.word[j]));
	}
}

/* The k-th 8 bytes of the poison: splitmix64. */
static __device__ uint64_t poison_word(uint64_t seed, uint64_t stream,
                                       uint64_t k)
{
	uint64_t z = seed + (stream << 56) + (k + 1) * 0x9E3779B97F4A7C15u;

	z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
	z = (z ^ z >> 27) * 0x94D049BB133111EBu;
	return z ^ z >> 31;
}

static __device__ uint8_t poison_byte(uint64_t seed, uint64_t stream,
                                      uint64_t at)
{
	return (uint8_t)(poison_word(seed, stream, at / 8) >> at % 8 * 8);
}

/* Random bytes, so that no legal value is special; n is in pieces of 16. */
KERNEL poison(ulonglong2 *out, uint64_t n, uint64_t seed, uint64_t stream)
{
	for (uint64_t i = thread_index(); i < n; i += thread_count())
		out[i] = make_ulonglong2(poison_word(seed, stream, 2 * i),
		                         poison_word(seed, stream, 2 * i + 1));
}

/* Overwrites the shared memory of every multiprocessor: a block asks for all
 * that there is, and none ends before each has some. What the system keeps for
 * itself at the beginning survives launches too. */
KERNEL scrub_shared(uint32_t bytes, uint32_t seed)
{
	extern __shared__ uint32_t shared[];
	uint32_t end = (uint32_t)__cvta_generic_to_shared(shared) + bytes;

	for (uint32_t at = threadIdx.x * 4; at < end; at += blockDim.x * 4)
		asm volatile("st.shared.u32 [%0], %1;" ::"r"(at),
		             "r"(seed ^ (at * 0x9E3779B9u)));
	cooperative_groups::this_grid().sync();
}

/* Overwrites the local memory of every thread that can be resident, up to the
 * end of its window: beyond the stack there is more. */
KERNEL __launch_bounds__(256) scrub_local(uint32_t bytes, uint32_t seed)
{
	const uint32_t window = 1u << 24;
	uint32_t at = (uint32_t)__cvta_generic_to_local(alloca(bytes));

	for (; at < window; at += 4)
		asm volatile("st.local.u32 [%0], %1;" ::"r"(at),
		             "r"(seed ^ (at * 0x9E3779B9u)));
	cooperative_groups::this_grid().sync();
}

/* Brings memory into the cache. */
KERNEL touch(const uint4 *in, uint64_t n, uint32_t *never)
{
	uint32_t sum = 0;

	for (uint64_t i = thread_index(); i < n; i += thread_count()) {
		uint4 v = in[i];

		sum += v.x ^ v.y ^ v.z ^ v.w;
	}
	if (never && sum == 0xFFFFFFFFu)
		*never = sum;
}

/* Holds the stream until the host writes the ticket. */
KERNEL hold(const volatile uint32_t *gate, uint32_t ticket)
{
	while (*gate != ticket)
		__nanosleep(50);
}

/* Marks the rows that an index names, -1 and the like aside. */
template <typename T>
static __device__ void mark(const T *index, uint64_t n, uint32_t *bitmap,
                            uint64_t rows)
{
	for (uint64_t i = thread_index(); i < n; i += thread_count()) {
		T row = index[i];

		if (row >= 0 && (uint64_t)row < rows)
			atomicOr(&bitmap[row / 32], 1u << row % 32);
	}
}

KERNEL mark_rows(int wide, const void *index, uint64_t n, uint32_t *bitmap,
                 uint64_t rows)
{
	if (wide)
		mark((const int64_t *)index, n, bitmap, rows);
	else
		mark((const int32_t *)index, n, bitmap, rows);
}

KERNEL count_bits(const uint32_t *in, uint64_t n, unsigned long long *count)
{
	for (uint64_t i = thread_index(); i < n; i += thread_count())
		if (in[i])
			atomicAdd(count, (unsigned long long)__popc(in[i]));
}

/* Counts words that are not zero. */
KERNEL count_nonzero(const uint4 *in, uint64_t n, unsigned long long *count)
{
	for (uint64_t i = thread_index(); i < n; i += thread_count()) {
		uint4 v = in[i];

		if (v.x | v.y | v.z | v.w)
			atomicAdd(count, 1ull);
	}
}

/* Counts bytes that differ. */
KERNEL count_different(const uint8_t *a, const uint8_t *b, uint64_t n,
                       unsigned long long *count)
{
	unsigned long long mine = 0;

	for (uint64_t i = thread_index(); i < n; i += thread_count())
		mine += a[i] != b[i];
	if (mine)
		atomicAdd(count, mine);
}

/* Counts red-zone bytes of a slot that are no longer the poison. */
KERNEL check_red_zone(const uint8_t *slot, uint64_t before, uint64_t end,
                      uint64_t slot_bytes, uint64_t seed, uint64_t stream,
                      struct check *c)
{
	uint64_t zone = before + (slot_bytes - end);

	for (uint64_t i = thread_index(); i < zone; i += thread_count()) {
		uint64_t at = i < before ? i : end + (i - before);

		if (slot[at] != poison_byte(seed, stream, at))
			atomicAdd((unsigned long long *)&c->red_zone, 1ull);
	}
}

static __device__ void add_block(double *sum, double mine)
{
	__shared__ double part[32];

	for (int d = 16; d; d /= 2)
		mine += __shfl_down_sync(0xFFFFFFFFu, mine, d);
	if (threadIdx.x % 32 == 0)
		part[threadIdx.x / 32] = mine;
	__syncthreads();
	if (threadIdx.x == 0) {
		for (unsigned i = 1; i < blockDim.x / 32; i++)
			mine += part[i];
		if (mine != 0)
			atomicAdd(sum, mine);
	}
	__syncthreads();
}

/* Doubles that are not negative order as their bits do. */
static __device__ void raise(double *max, double x)
{
	if (x > *max)
		atomicMax((unsigned long long *)max,
		          (unsigned long long)__double_as_longlong(x));
}

/* size: bytes of an element; 0: two are a byte. */
static __device__ bool is_poison(const uint8_t *out, uint64_t i, unsigned size,
                                 uint64_t seed, uint64_t stream)
{
	uint64_t first = size ? i * size : i / 2,
	         end = first + (size ? size : 1);

	for (uint64_t b = first; b < end; b++)
		if (out[b] != poison_byte(seed, stream, RED_ZONE + b))
			return false;
	return true;
}

static __device__ void record_failure(struct check *c, uint64_t i, bool finite,
                                      bool unwritten)
{
	atomicAdd((unsigned long long *)&c->failed, 1ull);
	if (unwritten)
		atomicAdd((unsigned long long *)&c->unwritten, 1ull);
	else if (!finite)
		atomicAdd((unsigned long long *)&c->nonfinite, 1ull);
	atomicMin((unsigned long long *)&c->first, (unsigned long long)i);
}

/* What check.h promises, element by element. out lies RED_ZONE bytes into its
 * slot. c->first must begin as -1, which is the largest unsigned number. */
KERNEL check_elements(enum dtype t, unsigned size, const uint8_t *out,
                      const void *expected, uint64_t n, uint64_t seed,
                      uint64_t stream, double atol, double rtol,
                      struct check *c)
{
	double error2 = 0, reference2 = 0, max_abs = 0, max_rel = 0,
	       largest = 0;

	for (uint64_t i = thread_index(); i < n; i += thread_count()) {
		double x = load(t, out, i), y = load(t, expected, i);
		double error = fabs(x - y), relative = error / (fabs(y) + 1e-8);
		bool finite = isfinite(x) && isfinite(y);

		if (finite) {
			error2 += error * error;
			reference2 += y * y;
			largest = fmax(largest, fabs(y));
		} else if (x == y || (isnan(x) && isnan(y))) {
			continue;
		} else {
			error = relative = INFINITY;
		}
		max_abs = fmax(max_abs, error);
		max_rel = fmax(max_rel, relative);
		if (!(error <= atol || relative <= rtol))
			record_failure(c, i, finite,
			               is_poison(out, i, size, seed, stream));
	}
	raise(&c->max_abs, max_abs);
	raise(&c->max_rel, max_rel);
	raise(&c->largest, largest);
	add_block(&c->error2, error2);
	add_block(&c->reference2, reference2);
}
