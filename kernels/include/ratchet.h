/* ratchet - turns a typed function into a kernel that this toolkit, and
 * FlashInfer-Bench, can call (C11, C++17 and CUDA C++17)
 *
 * A whole kernel, y = a * x:
 *
 *	#include "ratchet.h"
 *
 *	static int run(const DLTensor *x, double a, const DLTensor *y)
 *	{
 *		int64_t n = ratchet_extent(x, 0);
 *
 *		if (RATCHET_WANT(x, RATCHET_FLOAT32, -1) ||
 *		    RATCHET_WANT(y, RATCHET_FLOAT32, n))
 *			return -1;
 *		const float *in = (const float *)ratchet_data(x);
 *		float *out = (float *)ratchet_data(y);
 *		for (int64_t i = 0; i < n; i++)
 *			out[i] = (float)a * in[i];
 *		return 0;
 *	}
 *	RATCHET_EXPORT(run, tensor, float64, tensor)
 *
 * and in CUDA the same with a launch in place of the loop:
 *
 *		scale<<<grid, 256, 0, ratchet_stream(x)>>>(in, a, out, n);
 *		return ratchet_launched();
 *
 * Arguments are the definition's inputs in order, then its outputs, which the
 * caller has allocated and owns: write all of every output, keep no pointer.
 * Kinds: tensor (const DLTensor *), int64 (int64_t), float64 (double) and
 * boolean (bool), at most 16. Their number and kind are checked before run is
 * called. run returns 0, or -1 after ratchet_fail().
 *
 * A CUDA run may only enqueue work on ratchet_stream(): no allocation, no
 * synchronization, no reading of device data on the host. Setting function
 * attributes and encoding tensor maps is fine.
 */
#ifndef RATCHET_H
#define RATCHET_H

#include "ratchet_abi.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __cplusplus
#define RATCHET_C extern "C"
#define RATCHET_STATE inline thread_local
#else
#define RATCHET_C extern
#define RATCHET_STATE static _Thread_local
#endif
#define RATCHET_WEAK __attribute__((weak))
#define RATCHET_LOCAL static __attribute__((unused))

RATCHET_C RATCHET_WEAK void *TVMFFIEnvGetStream(int32_t type, int32_t id);
RATCHET_C RATCHET_WEAK void TVMFFIErrorSetRaisedFromCStr(const char *kind,
                                                         const char *message);
RATCHET_C RATCHET_WEAK void *ratchet_scratch(size_t bytes);
RATCHET_C RATCHET_WEAK void *ratchet_zeroed(size_t bytes);

/* Element types, as code and bits of DLDataType. */
enum {
	RATCHET_FLOAT32 = kDLFloat << 8 | 32,
	RATCHET_FLOAT16 = kDLFloat << 8 | 16,
	RATCHET_BFLOAT16 = kDLBfloat << 8 | 16,
	RATCHET_FLOAT8_E4M3FN = kDLFloat8_e4m3fn << 8 | 8,
	RATCHET_FLOAT8_E5M2 = kDLFloat8_e5m2 << 8 | 8,
	RATCHET_INT64 = kDLInt << 8 | 64,
	RATCHET_INT32 = kDLInt << 8 | 32,
	RATCHET_INT16 = kDLInt << 8 | 16,
	RATCHET_INT8 = kDLInt << 8 | 8,
	RATCHET_BOOL = kDLBool << 8 | 8
};

/* Reports why run fails. Returns -1, so that run can return it. */
__attribute__((format(printf, 2, 3))) RATCHET_LOCAL int
ratchet_fail(const char *kind, const char *format, ...)
{
	char message[256];
	va_list list;

	va_start(list, format);
	vsnprintf(message, sizeof message, format, list);
	va_end(list);
	if (TVMFFIErrorSetRaisedFromCStr)
		TVMFFIErrorSetRaisedFromCStr(kind, message);
	return -1;
}

/* The first element. */
RATCHET_LOCAL void *ratchet_data(const DLTensor *t)
{
	return (char *)t->data + t->byte_offset;
}

/* How long an axis is; 0 where the tensor has no such axis. */
RATCHET_LOCAL int64_t ratchet_extent(const DLTensor *t, int axis)
{
	return axis < t->ndim ? t->shape[axis] : 0;
}

/* RATCHET_WANT(tensor, type, extents...): 0 if the tensor has that element
 * type, rank and row-major extents (-1 for any), else reports it. */
#define RATCHET_WANT(t, type, ...)                                             \
	ratchet_want(t, #t, type, RATCHET_COUNT(__VA_ARGS__),                  \
	             RATCHET_EACH(RATCHET_EXTENT, __VA_ARGS__))
#define RATCHET_EXTENT(extent, from_end) (int64_t)(extent)

RATCHET_LOCAL int ratchet_want(const DLTensor *t, const char *name, int type,
                               int ndim, ...)
{
	int64_t stride = 1, want[16];
	va_list list;

	va_start(list, ndim);
	for (int i = 0; i < ndim; i++)
		want[i] = va_arg(list, int64_t);
	va_end(list);
	if ((t->dtype.code << 8 | t->dtype.bits) != type || t->dtype.lanes != 1)
		return ratchet_fail("TypeError", "%s: wrong element type",
		                    name);
	if (t->ndim != ndim)
		return ratchet_fail("ValueError", "%s: want %d axes, got %d",
		                    name, ndim, (int)t->ndim);
	for (int i = ndim - 1; i >= 0; i--) {
		if (want[i] >= 0 && t->shape[i] != want[i])
			return ratchet_fail("ValueError",
			                    "%s: want axis %d to be %lld, "
			                    "got %lld",
			                    name, i, (long long)want[i],
			                    (long long)t->shape[i]);
		if (t->strides && t->shape[i] > 1 && t->strides[i] != stride)
			return ratchet_fail("ValueError",
			                    "%s: want row-major memory", name);
		stride *= t->shape[i];
	}
	return 0;
}

/* scratch(bytes): memory whose contents are undefined at entry and at exit.
 * zeroed(bytes): memory that is zero at entry and that the kernel must leave
 * zero: for counters and flags. Both are aligned to 256 bytes and belong to
 * this call of run until its work is done; ask once a call, for all you need.
 * NULL when there is not so much. The settings' `scratch` bounds each; in other
 * programs the thread keeps the memory for its next call (on the same stream,
 * in CUDA), or has it allocated and freed in the graph that is being captured.
 */
struct ratchet_memory {
	void *data;
	size_t bytes;
};

#ifdef __CUDACC__
#define RATCHET_STREAMS 16 /* of a thread that keep their memory */

/* The stream that the caller wants a tensor's work on. */
RATCHET_LOCAL cudaStream_t ratchet_stream(const DLTensor *t)
{
	if (!TVMFFIEnvGetStream)
		return 0;
	return (cudaStream_t)TVMFFIEnvGetStream(t->device.device_type,
	                                        t->device.device_id);
}

RATCHET_LOCAL cudaStream_t ratchet_current_stream(void)
{
	DLTensor here = {};

	here.device.device_type = kDLCUDA;
	cudaGetDevice(&here.device.device_id);
	return ratchet_stream(&here);
}

RATCHET_LOCAL int ratchet_failed(cudaError_t e)
{
	return e ? ratchet_fail("RuntimeError", "%s", cudaGetErrorString(e))
	         : 0;
}

/* After a launch: 0, or -1 with the reason reported. */
RATCHET_LOCAL int ratchet_launched(void)
{
	return ratchet_failed(cudaGetLastError());
}

/* What the calls on one stream use, one after the other. The last is for one
 * call alone. */
struct ratchet_workspace {
	unsigned long long stream; /* 0: nobody's yet */
	struct ratchet_memory scratch, zeroed;
};
RATCHET_STATE struct ratchet_workspace ratchet_workspaces[RATCHET_STREAMS + 1];

/* A call that is captured has memory in its graph: a replay may run beside
 * other calls. A stream's number is never another's, as its handle may be. */
RATCHET_LOCAL struct ratchet_workspace *ratchet_workspace(cudaStream_t stream)
{
	struct ratchet_workspace *w = ratchet_workspaces;
	cudaStreamCaptureStatus capturing = cudaStreamCaptureStatusNone;
	unsigned long long number = 0;
	int i = 0;

	if (cudaStreamIsCapturing(stream, &capturing) || capturing ||
	    cudaStreamGetId(stream, &number))
		return &w[RATCHET_STREAMS];
	while (i < RATCHET_STREAMS && w[i].stream && w[i].stream != number + 1)
		i++;
	w[i].stream = number + 1;
	return &w[i];
}

/* Makes room in it. Returns 1 if the memory is new, 0 if it was there, and -1
 * if there is not so much, which is reported. */
RATCHET_LOCAL int ratchet_grow(struct ratchet_memory *m, size_t bytes,
                               cudaStream_t stream)
{
	if (bytes <= m->bytes)
		return 0;
	if (m->data)
		cudaFreeAsync(m->data, stream);
	m->data = NULL;
	m->bytes = 0;
	if (ratchet_failed(cudaMallocAsync(&m->data, bytes, stream)))
		return -1;
	m->bytes = bytes;
	return 1;
}

RATCHET_LOCAL void *scratch(size_t bytes)
{
	cudaStream_t stream = ratchet_current_stream();
	struct ratchet_memory *m;

	if (ratchet_scratch)
		return ratchet_scratch(bytes);
	m = &ratchet_workspace(stream)->scratch;
	return ratchet_grow(m, bytes, stream) < 0 ? NULL : m->data;
}

RATCHET_LOCAL void *zeroed(size_t bytes)
{
	cudaStream_t stream = ratchet_current_stream();
	struct ratchet_memory *m;
	int grown;

	if (ratchet_zeroed)
		return ratchet_zeroed(bytes);
	m = &ratchet_workspace(stream)->zeroed;
	grown = ratchet_grow(m, bytes, stream);
	if (grown > 0)
		grown = ratchet_failed(
		        cudaMemsetAsync(m->data, 0, bytes, stream));
	return grown < 0 ? NULL : m->data;
}

RATCHET_LOCAL void ratchet_leave(void)
{
	struct ratchet_workspace *w = &ratchet_workspaces[RATCHET_STREAMS];

	if (w->scratch.data)
		cudaFreeAsync(w->scratch.data, ratchet_current_stream());
	if (w->zeroed.data)
		cudaFreeAsync(w->zeroed.data, ratchet_current_stream());
	memset(w, 0, sizeof *w);
}
#else
RATCHET_STATE struct ratchet_memory ratchet_kept[2];

RATCHET_LOCAL void *ratchet_allocate(struct ratchet_memory *m, size_t bytes)
{
	if (bytes <= m->bytes)
		return m->data;
	free(m->data);
	m->bytes = (bytes + 255) / 256 * 256;
	m->data = aligned_alloc(256, m->bytes);
	if (!m->data)
		m->bytes = 0;
	return m->data;
}

RATCHET_LOCAL void *scratch(size_t bytes)
{
	if (ratchet_scratch)
		return ratchet_scratch(bytes);
	return ratchet_allocate(&ratchet_kept[0], bytes);
}

RATCHET_LOCAL void *zeroed(size_t bytes)
{
	if (ratchet_zeroed)
		return ratchet_zeroed(bytes);
	if (!ratchet_allocate(&ratchet_kept[1], bytes))
		return NULL;
	return memset(ratchet_kept[1].data, 0, bytes);
}

RATCHET_LOCAL void ratchet_leave(void)
{
}
#endif

/* Is an argument of the kind that run declares? */
RATCHET_LOCAL int ratchet_is_tensor(int32_t type)
{
	return type == kTVMFFIDLTensorPtr || type == kTVMFFITensor;
}
RATCHET_LOCAL int ratchet_is_int64(int32_t type)
{
	return type == kTVMFFIInt || type == kTVMFFIBool;
}
RATCHET_LOCAL int ratchet_is_boolean(int32_t type)
{
	return ratchet_is_int64(type);
}
RATCHET_LOCAL int ratchet_is_float64(int32_t type)
{
	return type == kTVMFFIFloat || ratchet_is_int64(type);
}

/* Its value. */
RATCHET_LOCAL const DLTensor *ratchet_to_tensor(const TVMFFIAny *a)
{
	size_t skip =
	        a->type_index == kTVMFFITensor ? RATCHET_OBJECT_HEADER : 0;

	return (const DLTensor *)((const char *)a->v_ptr + skip);
}
RATCHET_LOCAL int64_t ratchet_to_int64(const TVMFFIAny *a)
{
	return a->v_int64;
}
RATCHET_LOCAL bool ratchet_to_boolean(const TVMFFIAny *a)
{
	return a->v_int64 != 0;
}
RATCHET_LOCAL double ratchet_to_float64(const TVMFFIAny *a)
{
	return a->type_index == kTVMFFIFloat ? a->v_float64
	                                     : (double)a->v_int64;
}

/* The kinds of run's arguments, checked before it is called. */
struct ratchet_kind {
	int (*is)(int32_t type);
	const char *name;
};

RATCHET_LOCAL int ratchet_check(const struct ratchet_kind *kind, int32_t want,
                                const TVMFFIAny *args, int32_t count)
{
	if (count != want)
		return ratchet_fail("TypeError", "want %d arguments, got %d",
		                    (int)want, (int)count);
	for (int32_t i = 0; i < count; i++)
		if (!kind[i].is(args[i].type_index))
			return ratchet_fail("TypeError",
			                    "argument %d: want %s, got type %d",
			                    (int)i, kind[i].name,
			                    (int)args[i].type_index);
	return 0;
}

/* RATCHET_EXPORT(run, kinds...) defines __tvm_ffi_run around run. */
#define RATCHET_EXPORT(run, ...) RATCHET_EXPORT_AS(run, run, __VA_ARGS__)

/* RATCHET_EXPORT_AS(name, run, kinds...) defines __tvm_ffi_name around run: in
 * a reference, `evaluate` and `inputs`, see ratchet-files(5). */
#define RATCHET_EXPORT_AS(name, run, ...)                                      \
	RATCHET_C __attribute__((visibility("default")))                       \
	ratchet_kernel __tvm_ffi_##name;                                       \
	int __tvm_ffi_##name(void *self, const TVMFFIAny *args, int32_t count, \
	                     TVMFFIAny *result)                                \
	{                                                                      \
		static const struct ratchet_kind kind[] = {                    \
		        RATCHET_EACH(RATCHET_KIND, __VA_ARGS__)};              \
		int failed;                                                    \
                                                                               \
		(void)self;                                                    \
		if (ratchet_check(kind, RATCHET_COUNT(__VA_ARGS__), args,      \
		                  count))                                      \
			return -1;                                             \
		failed = run(RATCHET_EACH(RATCHET_VALUE, __VA_ARGS__));        \
		ratchet_leave();                                               \
		memset(result, 0, sizeof *result);                             \
		return failed ? -1 : 0;                                        \
	}
#define RATCHET_KIND(kind, from_end)                                           \
	{                                                                      \
		ratchet_is_##kind, #kind                                       \
	}
#define RATCHET_VALUE(kind, from_end) ratchet_to_##kind(&args[count - from_end])

/* RATCHET_EACH(m, a, b, c) is m(a, 3), m(b, 2), m(c, 1). */
#define RATCHET_EACH(m, ...)                                                   \
	RATCHET_JOIN(RATCHET_EACH_, RATCHET_COUNT(__VA_ARGS__))(m, __VA_ARGS__)
#define RATCHET_JOIN(a, b) RATCHET_JOIN_(a, b)
#define RATCHET_JOIN_(a, b) a##b
#define RATCHET_COUNT(...)                                                     \
	RATCHET_17TH(__VA_ARGS__, 16, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5,   \
	             4, 3, 2, 1, 0)
#define RATCHET_17TH(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, ...) q
#define RATCHET_EACH_1(m, a) m(a, 1)
#define RATCHET_EACH_2(m, a, ...) m(a, 2), RATCHET_EACH_1(m, __VA_ARGS__)
#define RATCHET_EACH_3(m, a, ...) m(a, 3), RATCHET_EACH_2(m, __VA_ARGS__)
#define RATCHET_EACH_4(m, a, ...) m(a, 4), RATCHET_EACH_3(m, __VA_ARGS__)
#define RATCHET_EACH_5(m, a, ...) m(a, 5), RATCHET_EACH_4(m, __VA_ARGS__)
#define RATCHET_EACH_6(m, a, ...) m(a, 6), RATCHET_EACH_5(m, __VA_ARGS__)
#define RATCHET_EACH_7(m, a, ...) m(a, 7), RATCHET_EACH_6(m, __VA_ARGS__)
#define RATCHET_EACH_8(m, a, ...) m(a, 8), RATCHET_EACH_7(m, __VA_ARGS__)
#define RATCHET_EACH_9(m, a, ...) m(a, 9), RATCHET_EACH_8(m, __VA_ARGS__)
#define RATCHET_EACH_10(m, a, ...) m(a, 10), RATCHET_EACH_9(m, __VA_ARGS__)
#define RATCHET_EACH_11(m, a, ...) m(a, 11), RATCHET_EACH_10(m, __VA_ARGS__)
#define RATCHET_EACH_12(m, a, ...) m(a, 12), RATCHET_EACH_11(m, __VA_ARGS__)
#define RATCHET_EACH_13(m, a, ...) m(a, 13), RATCHET_EACH_12(m, __VA_ARGS__)
#define RATCHET_EACH_14(m, a, ...) m(a, 14), RATCHET_EACH_13(m, __VA_ARGS__)
#define RATCHET_EACH_15(m, a, ...) m(a, 15), RATCHET_EACH_14(m, __VA_ARGS__)
#define RATCHET_EACH_16(m, a, ...) m(a, 16), RATCHET_EACH_15(m, __VA_ARGS__)

#endif
