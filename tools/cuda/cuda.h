/* cuda - the CUDA driver, found at run time
 *
 * The driver is loaded with dlopen, and what is needed of <cuda.h> is written
 * out here, so that the tools build and run where there is no toolkit and no
 * GPU. tests/cuda_layout.c compares these declarations with the real header
 * where there is one. Functions keep the driver's names, without the version
 * suffix: cuda.cuMemAlloc is cuMemAlloc_v2.
 */
#ifndef RATCHET_CUDA_H
#define RATCHET_CUDA_H

#include "fault.h"

#include <stddef.h>
#include <stdint.h>

typedef int cu_result;
typedef int cu_device;
typedef uint64_t cu_address;          /* of device memory */
typedef unsigned long long cu_memory; /* physical memory, not yet mapped */
typedef struct cu_context_ *cu_context;
typedef struct cu_stream_ *cu_stream;
typedef struct cu_event_ *cu_event;
typedef struct cu_module_ *cu_module;
typedef struct cu_function_ *cu_function;
typedef struct cu_kernel_ *cu_kernel;
typedef struct cu_graph_ *cu_graph;
typedef struct cu_node_ *cu_node;
typedef struct cu_graph_exec_ *cu_graph_exec;

enum {
	CU_OUT_OF_MEMORY = 2,
	CU_NOT_SUPPORTED = 801,

	CU_STREAM_ASYNC = 1,
	CU_CAPTURE_THREAD_LOCAL = 1,
	CU_HOST_ALLOC_MAPPED = 2,
	CU_HANDLE_POSIX_FD = 1,
	CU_ALLOCATION_PINNED = 1,
	CU_LOCATION_DEVICE = 1,
	CU_ACCESS_READ = 1,
	CU_ACCESS_READ_WRITE = 3,
	CU_COPY_DEVICE = 2,
	CU_COPY_UNIFIED = 4,
};

enum { /* cu_device_attribute */
       CU_MULTIPROCESSORS = 16,
       CU_L2_BYTES = 38,
       CU_THREADS = 39, /* of a multiprocessor */
       CU_CAPABILITY_MAJOR = 75,
       CU_CAPABILITY_MINOR = 76,
       CU_PAGEABLE_ACCESS = 88,
       CU_SHARED_PER_BLOCK_OPTIN = 97,
};

enum { /* of functions */
       CU_FUNC_SHARED_BYTES = 1,
       CU_FUNC_LOCAL_BYTES = 3,
       CU_FUNC_MAX_DYNAMIC_SHARED = 8,
       CU_FUNC_CARVEOUT = 9,
       CU_FUNC_NON_PORTABLE_CLUSTER = 14,
};

enum cu_node_type {
	CU_NODE_KERNEL,
	CU_NODE_MEMCPY,
	CU_NODE_MEMSET,
	CU_NODE_HOST,
	CU_NODE_GRAPH,
	CU_NODE_EMPTY,
	CU_NODE_WAIT_EVENT,
	CU_NODE_EVENT_RECORD,
	CU_NODE_SIGNAL,
	CU_NODE_WAIT,
	CU_NODE_MEM_ALLOC,
	CU_NODE_MEM_FREE,
	CU_NODE_BATCH_MEM_OP,
	CU_NODE_CONDITIONAL,
};

enum { /* of launches and of kernel nodes */
       CU_ATTR_ACCESS_POLICY = 1,
       CU_ATTR_COOPERATIVE = 2,
       CU_ATTR_CLUSTER = 4,
       CU_ATTR_CLUSTER_POLICY = 5,
       CU_ATTR_PROGRAMMATIC = 6,
       CU_ATTR_PRIORITY = 8,
       CU_ATTR_SYNC_DOMAIN = 10,
       CU_ATTR_PREFERRED_CLUSTER = 11,
       CU_ATTR_DEVICE_UPDATABLE = 13,
       CU_ATTR_CARVEOUT = 14,
};

#define CU_LIMIT_STACK 0 /* bytes of a thread */

#define CU_PARAM_END ((void *)0)
#define CU_PARAM_BUFFER ((void *)1)
#define CU_PARAM_BUFFER_SIZE ((void *)2)

union cu_attribute_value {
	char pad[64];
	int number; /* all that are one int or enum */
	uint32_t dim[3];
	struct {
		void *base;
		size_t bytes;
		float hit_ratio;
		int hit, miss;
	} policy;
};

struct cu_attribute {
	int id;
	int zero;
	union cu_attribute_value value;
};

struct cu_launch {
	uint32_t grid[3], block[3];
	uint32_t shared_bytes;
	cu_stream stream;
	struct cu_attribute *attribute;
	uint32_t attributes;
};

struct cu_kernel_params {
	cu_function function;
	uint32_t grid[3], block[3];
	uint32_t shared_bytes;
	void **params;
	void **extra;
	cu_kernel kernel; /* where function is NULL */
	cu_context context;
};

struct cu_memset_params {
	cu_address dst;
	size_t pitch;
	uint32_t value, element_bytes;
	size_t width, height;
};

struct cu_copy_side {
	size_t x, y, z, lod;
	int type;
	const void *host;
	cu_address device;
	void *array, *reserved;
	size_t pitch, height;
};

struct cu_copy_params {
	struct cu_copy_side src, dst;
	size_t width, height, depth;
};

struct cu_edge {
	uint8_t from_port, to_port, type;
	uint8_t zero[5];
};

struct cu_location {
	int type, id;
};

struct cu_memory_props {
	int type, handle_types;
	struct cu_location location;
	void *win32;
	uint8_t flags[8];
};

struct cu_access {
	struct cu_location location;
	int flags;
};

struct cuda {
	cu_result (*cuInit)(unsigned);
	cu_result (*cuGetErrorName)(cu_result, const char **);
	cu_result (*cuDriverGetVersion)(int *);
	cu_result (*cuDeviceGet)(cu_device *, int);
	cu_result (*cuDeviceGetCount)(int *);
	cu_result (*cuDeviceGetName)(char *, int, cu_device);
	cu_result (*cuDeviceGetUuid)(char uuid[16], cu_device);
	cu_result (*cuDeviceGetAttribute)(int *, int, cu_device);
	cu_result (*cuDevicePrimaryCtxRetain)(cu_context *, cu_device);
	cu_result (*cuCtxSetCurrent)(cu_context);
	cu_result (*cuCtxSynchronize)(void);
	cu_result (*cuCtxGetLimit)(size_t *, int);
	cu_result (*cuCtxSetLimit)(int, size_t);
	cu_result (*cuCtxResetPersistingL2Cache)(void);
	cu_result (*cuMemGetInfo)(size_t *, size_t *);
	cu_result (*cuMemAlloc)(cu_address *, size_t);
	cu_result (*cuMemFree)(cu_address);
	cu_result (*cuMemHostAlloc)(void **, size_t, unsigned);
	cu_result (*cuMemHostGetDevicePointer)(cu_address *, void *, unsigned);
	cu_result (*cuMemcpyHtoDAsync)(cu_address, const void *, size_t,
	                               cu_stream);
	cu_result (*cuMemcpyDtoH)(void *, cu_address, size_t);
	cu_result (*cuMemcpyDtoDAsync)(cu_address, cu_address, size_t,
	                               cu_stream);
	cu_result (*cuMemsetD8Async)(cu_address, unsigned char, size_t,
	                             cu_stream);
	cu_result (*cuMemsetD2D8Async)(cu_address, size_t, unsigned char,
	                               size_t, size_t, cu_stream);
	cu_result (*cuMemsetD2D16Async)(cu_address, size_t, unsigned short,
	                                size_t, size_t, cu_stream);
	cu_result (*cuMemsetD2D32Async)(cu_address, size_t, unsigned, size_t,
	                                size_t, cu_stream);
	cu_result (*cuMemCreate)(cu_memory *, size_t,
	                         const struct cu_memory_props *,
	                         unsigned long long);
	cu_result (*cuMemRelease)(cu_memory);
	cu_result (*cuMemAddressReserve)(cu_address *, size_t, size_t,
	                                 cu_address, unsigned long long);
	cu_result (*cuMemAddressFree)(cu_address, size_t);
	cu_result (*cuMemMap)(cu_address, size_t, size_t, cu_memory,
	                      unsigned long long);
	cu_result (*cuMemUnmap)(cu_address, size_t);
	cu_result (*cuMemSetAccess)(cu_address, size_t,
	                            const struct cu_access *, size_t);
	cu_result (*cuMemExportToShareableHandle)(void *, cu_memory, int,
	                                          unsigned long long);
	cu_result (*cuMemImportFromShareableHandle)(cu_memory *, void *, int);
	cu_result (*cuMemGetAllocationGranularity)(
	        size_t *, const struct cu_memory_props *, int);
	cu_result (*cuStreamCreate)(cu_stream *, unsigned);
	cu_result (*cuStreamSynchronize)(cu_stream);
	cu_result (*cuStreamBeginCapture)(cu_stream, int);
	cu_result (*cuStreamEndCapture)(cu_stream, cu_graph *);
	cu_result (*cuEventCreate)(cu_event *, unsigned);
	cu_result (*cuEventRecord)(cu_event, cu_stream);
	cu_result (*cuEventElapsedTime)(float *, cu_event, cu_event);
	cu_result (*cuModuleLoadData)(cu_module *, const void *);
	cu_result (*cuModuleGetFunction)(cu_function *, cu_module,
	                                 const char *);
	cu_result (*cuModuleGetGlobal)(cu_address *, size_t *, cu_module,
	                               const char *);
	cu_result (*cuFuncGetName)(const char **, cu_function);
	cu_result (*cuFuncGetModule)(cu_module *, cu_function);
	cu_result (*cuFuncGetParamInfo)(cu_function, size_t, size_t *,
	                                size_t *);
	cu_result (*cuFuncGetAttribute)(int *, int, cu_function);
	cu_result (*cuFuncSetAttribute)(cu_function, int, int);
	cu_result (*cuKernelGetFunction)(cu_function *, cu_kernel);
	cu_result (*cuLaunchKernelEx)(const struct cu_launch *, cu_function,
	                              void **, void **);
	cu_result (*cuGraphCreate)(cu_graph *, unsigned);
	cu_result (*cuGraphDestroy)(cu_graph);
	cu_result (*cuGraphGetNodes)(cu_graph, cu_node *, size_t *);
	cu_result (*cuGraphGetEdges)(cu_graph, cu_node *, cu_node *,
	                             struct cu_edge *, size_t *);
	cu_result (*cuGraphNodeGetType)(cu_node, enum cu_node_type *);
	cu_result (*cuGraphKernelNodeGetParams)(cu_node,
	                                        struct cu_kernel_params *);
	cu_result (*cuGraphKernelNodeGetAttribute)(cu_node, int,
	                                           union cu_attribute_value *);
	cu_result (*cuGraphKernelNodeSetAttribute)(
	        cu_node, int, const union cu_attribute_value *);
	cu_result (*cuGraphMemsetNodeGetParams)(cu_node,
	                                        struct cu_memset_params *);
	cu_result (*cuGraphMemcpyNodeGetParams)(cu_node,
	                                        struct cu_copy_params *);
	cu_result (*cuGraphAddKernelNode)(cu_node *, cu_graph, const cu_node *,
	                                  size_t,
	                                  const struct cu_kernel_params *);
	cu_result (*cuGraphAddMemsetNode)(cu_node *, cu_graph, const cu_node *,
	                                  size_t,
	                                  const struct cu_memset_params *,
	                                  cu_context);
	cu_result (*cuGraphAddMemcpyNode)(cu_node *, cu_graph, const cu_node *,
	                                  size_t, const struct cu_copy_params *,
	                                  cu_context);
	cu_result (*cuGraphAddEmptyNode)(cu_node *, cu_graph, const cu_node *,
	                                 size_t);
	cu_result (*cuGraphAddDependencies)(cu_graph, const cu_node *,
	                                    const cu_node *,
	                                    const struct cu_edge *, size_t);
	cu_result (*cuGraphInstantiate)(cu_graph_exec *, cu_graph,
	                                unsigned long long);
	cu_result (*cuGraphLaunch)(cu_graph_exec, cu_stream);
	cu_result (*cuGraphExecDestroy)(cu_graph_exec);
};

extern struct cuda cuda; /* filled by cuda_load */

/* CU(call, fault): 0, or -1 with the fault "cuNAME: CUDA_ERROR_...". */
#define CU(call, f) cuda_check(cuda.call, #call, f)
int cuda_check(cu_result r, const char *call, struct fault *f);

/* Does the fault name an error of the device or of the driver, which no kernel
 * is to blame for? */
int cuda_is_ours(const struct fault *f);

/* Loads the driver and starts it. Returns -1 with the fault set. */
int cuda_load(struct fault *f);

struct cuda_device {
	cu_device device;
	char name[96];
	char uuid[37];   /* as 8-4-4-4-12 hexadecimal digits */
	char driver[64]; /* the driver's version, "580.95.05" if known */
	int major, minor;
	int multiprocessors, threads, shared_bytes; /* of each, the latter */
	size_t l2_bytes;
	int pageable; /* device code can reach ordinary host memory */
};

/* How many devices the driver shows, or -1 with the fault set for none. */
int cuda_count(struct fault *f);

/* Fills *d with one of them, counted from 0. gpus.h says which. */
int cuda_probe(struct cuda_device *d, int index, struct fault *f);

/* cuda_probe of the first, and makes its primary context current. */
int cuda_open(struct cuda_device *d, cu_context *context, struct fault *f);

#endif
