/* cuda_layout - does tools/cuda/cuda.h agree with the toolkit's <cuda.h>?
 * Compiled where there is a toolkit; that it compiles is the test. */
#include "../tools/cuda/cuda.h"
#include <cuda.h>
#include <stddef.h>

#define SAME(type, real)                                                       \
	_Static_assert(sizeof(type) == sizeof(real), #type " has another "     \
	                                                   "size")
#define AT(type, field, real, other)                                           \
	_Static_assert(offsetof(type, field) == offsetof(real, other),         \
	               #type "." #field " is elsewhere")
#define IS(ours, theirs)                                                       \
	_Static_assert((int)(ours) == (int)(theirs), #ours " is not " #theirs)

SAME(cu_address, CUdeviceptr);
SAME(cu_memory, CUmemGenericAllocationHandle);
SAME(union cu_attribute_value, CUlaunchAttributeValue);
SAME(struct cu_attribute, CUlaunchAttribute);
AT(struct cu_attribute, value, CUlaunchAttribute, value);
SAME(struct cu_launch, CUlaunchConfig);
AT(struct cu_launch, shared_bytes, CUlaunchConfig, sharedMemBytes);
AT(struct cu_launch, stream, CUlaunchConfig, hStream);
AT(struct cu_launch, attributes, CUlaunchConfig, numAttrs);
SAME(struct cu_kernel_params, CUDA_KERNEL_NODE_PARAMS_v2);
AT(struct cu_kernel_params, grid, CUDA_KERNEL_NODE_PARAMS_v2, gridDimX);
AT(struct cu_kernel_params, params, CUDA_KERNEL_NODE_PARAMS_v2, kernelParams);
AT(struct cu_kernel_params, kernel, CUDA_KERNEL_NODE_PARAMS_v2, kern);
SAME(struct cu_memset_params, CUDA_MEMSET_NODE_PARAMS);
AT(struct cu_memset_params, value, CUDA_MEMSET_NODE_PARAMS, value);
AT(struct cu_memset_params, width, CUDA_MEMSET_NODE_PARAMS, width);
SAME(struct cu_copy_params, CUDA_MEMCPY3D);
AT(struct cu_copy_params, src.type, CUDA_MEMCPY3D, srcMemoryType);
AT(struct cu_copy_params, src.device, CUDA_MEMCPY3D, srcDevice);
AT(struct cu_copy_params, dst.x, CUDA_MEMCPY3D, dstXInBytes);
AT(struct cu_copy_params, dst.device, CUDA_MEMCPY3D, dstDevice);
AT(struct cu_copy_params, dst.pitch, CUDA_MEMCPY3D, dstPitch);
AT(struct cu_copy_params, width, CUDA_MEMCPY3D, WidthInBytes);
SAME(struct cu_edge, CUgraphEdgeData);
SAME(struct cu_location, CUmemLocation);
SAME(struct cu_memory_props, CUmemAllocationProp);
AT(struct cu_memory_props, location, CUmemAllocationProp, location);
SAME(struct cu_access, CUmemAccessDesc);

IS(CU_OUT_OF_MEMORY, CUDA_ERROR_OUT_OF_MEMORY);
IS(CU_HANDLE_POSIX_FD, CU_MEM_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR);
IS(CU_ALLOCATION_PINNED, CU_MEM_ALLOCATION_TYPE_PINNED);
IS(CU_LOCATION_DEVICE, CU_MEM_LOCATION_TYPE_DEVICE);
IS(CU_ACCESS_READ, CU_MEM_ACCESS_FLAGS_PROT_READ);
IS(CU_ACCESS_READ_WRITE, CU_MEM_ACCESS_FLAGS_PROT_READWRITE);
IS(CU_CAPTURE_THREAD_LOCAL, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL);
IS(CU_HOST_ALLOC_MAPPED, CU_MEMHOSTALLOC_DEVICEMAP);
IS(CU_MULTIPROCESSORS, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
IS(CU_L2_BYTES, CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE);
IS(CU_THREADS, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
IS(CU_CAPABILITY_MAJOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR);
IS(CU_CAPABILITY_MINOR, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR);
IS(CU_PAGEABLE_ACCESS, CU_DEVICE_ATTRIBUTE_PAGEABLE_MEMORY_ACCESS);
IS(CU_SHARED_PER_BLOCK_OPTIN,
   CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN);
IS(CU_FUNC_SHARED_BYTES, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES);
IS(CU_FUNC_LOCAL_BYTES, CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES);
IS(CU_LIMIT_STACK, CU_LIMIT_STACK_SIZE);
IS(CU_NOT_SUPPORTED, CUDA_ERROR_NOT_SUPPORTED);
IS(CU_FUNC_MAX_DYNAMIC_SHARED, CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES);
IS(CU_FUNC_CARVEOUT, CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT);
IS(CU_FUNC_NON_PORTABLE_CLUSTER,
   CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED);
IS(CU_NODE_CONDITIONAL, CU_GRAPH_NODE_TYPE_CONDITIONAL);
IS(CU_NODE_MEM_ALLOC, CU_GRAPH_NODE_TYPE_MEM_ALLOC);
IS(CU_ATTR_ACCESS_POLICY, CU_LAUNCH_ATTRIBUTE_ACCESS_POLICY_WINDOW);
IS(CU_ATTR_COOPERATIVE, CU_LAUNCH_ATTRIBUTE_COOPERATIVE);
IS(CU_ATTR_CLUSTER, CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION);
IS(CU_ATTR_CLUSTER_POLICY,
   CU_LAUNCH_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE);
IS(CU_ATTR_PROGRAMMATIC, CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION);
IS(CU_ATTR_PRIORITY, CU_LAUNCH_ATTRIBUTE_PRIORITY);
IS(CU_ATTR_SYNC_DOMAIN, CU_LAUNCH_ATTRIBUTE_MEM_SYNC_DOMAIN);
IS(CU_ATTR_PREFERRED_CLUSTER, CU_LAUNCH_ATTRIBUTE_PREFERRED_CLUSTER_DIMENSION);
IS(CU_ATTR_DEVICE_UPDATABLE, CU_LAUNCH_ATTRIBUTE_DEVICE_UPDATABLE_KERNEL_NODE);
IS(CU_ATTR_CARVEOUT, CU_LAUNCH_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT);
IS(CU_COPY_DEVICE, CU_MEMORYTYPE_DEVICE);
IS(CU_COPY_UNIFIED, CU_MEMORYTYPE_UNIFIED);
