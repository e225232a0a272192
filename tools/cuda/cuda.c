/* cuda - the CUDA driver, found at run time */
#include "cuda.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

struct cuda cuda;

#define ENTRY(field, symbol)                                                   \
	{                                                                      \
		symbol, offsetof(struct cuda, field)                           \
	}

/* The driver exports every version of a function; these are the ones whose
 * arguments cuda.h declares. */
static const struct {
	const char *symbol;
	size_t offset;
} entries[] = {
        ENTRY(cuInit, "cuInit"),
        ENTRY(cuGetErrorName, "cuGetErrorName"),
        ENTRY(cuDriverGetVersion, "cuDriverGetVersion"),
        ENTRY(cuDeviceGet, "cuDeviceGet"),
        ENTRY(cuDeviceGetCount, "cuDeviceGetCount"),
        ENTRY(cuDeviceGetName, "cuDeviceGetName"),
        ENTRY(cuDeviceGetUuid, "cuDeviceGetUuid_v2"),
        ENTRY(cuDeviceGetAttribute, "cuDeviceGetAttribute"),
        ENTRY(cuDevicePrimaryCtxRetain, "cuDevicePrimaryCtxRetain"),
        ENTRY(cuCtxSetCurrent, "cuCtxSetCurrent"),
        ENTRY(cuCtxSynchronize, "cuCtxSynchronize"),
        ENTRY(cuCtxGetLimit, "cuCtxGetLimit"),
        ENTRY(cuCtxSetLimit, "cuCtxSetLimit"),
        ENTRY(cuCtxResetPersistingL2Cache, "cuCtxResetPersistingL2Cache"),
        ENTRY(cuMemGetInfo, "cuMemGetInfo_v2"),
        ENTRY(cuMemAlloc, "cuMemAlloc_v2"),
        ENTRY(cuMemFree, "cuMemFree_v2"),
        ENTRY(cuMemHostAlloc, "cuMemHostAlloc"),
        ENTRY(cuMemHostGetDevicePointer, "cuMemHostGetDevicePointer_v2"),
        ENTRY(cuMemcpyHtoDAsync, "cuMemcpyHtoDAsync_v2"),
        ENTRY(cuMemcpyDtoH, "cuMemcpyDtoH_v2"),
        ENTRY(cuMemcpyDtoDAsync, "cuMemcpyDtoDAsync_v2"),
        ENTRY(cuMemsetD8Async, "cuMemsetD8Async"),
        ENTRY(cuMemsetD2D8Async, "cuMemsetD2D8Async"),
        ENTRY(cuMemsetD2D16Async, "cuMemsetD2D16Async"),
        ENTRY(cuMemsetD2D32Async, "cuMemsetD2D32Async"),
        ENTRY(cuMemCreate, "cuMemCreate"),
        ENTRY(cuMemRelease, "cuMemRelease"),
        ENTRY(cuMemAddressReserve, "cuMemAddressReserve"),
        ENTRY(cuMemAddressFree, "cuMemAddressFree"),
        ENTRY(cuMemMap, "cuMemMap"),
        ENTRY(cuMemUnmap, "cuMemUnmap"),
        ENTRY(cuMemSetAccess, "cuMemSetAccess"),
        ENTRY(cuMemExportToShareableHandle, "cuMemExportToShareableHandle"),
        ENTRY(cuMemImportFromShareableHandle, "cuMemImportFromShareableHandle"),
        ENTRY(cuMemGetAllocationGranularity, "cuMemGetAllocationGranularity"),
        ENTRY(cuStreamCreate, "cuStreamCreate"),
        ENTRY(cuStreamSynchronize, "cuStreamSynchronize"),
        ENTRY(cuStreamBeginCapture, "cuStreamBeginCapture_v2"),
        ENTRY(cuStreamEndCapture, "cuStreamEndCapture"),
        ENTRY(cuEventCreate, "cuEventCreate"),
        ENTRY(cuEventRecord, "cuEventRecord"),
        ENTRY(cuEventElapsedTime, "cuEventElapsedTime"),
        ENTRY(cuModuleLoadData, "cuModuleLoadData"),
        ENTRY(cuModuleGetFunction, "cuModuleGetFunction"),
        ENTRY(cuModuleGetGlobal, "cuModuleGetGlobal_v2"),
        ENTRY(cuFuncGetName, "cuFuncGetName"),
        ENTRY(cuFuncGetModule, "cuFuncGetModule"),
        ENTRY(cuFuncGetParamInfo, "cuFuncGetParamInfo"),
        ENTRY(cuFuncGetAttribute, "cuFuncGetAttribute"),
        ENTRY(cuFuncSetAttribute, "cuFuncSetAttribute"),
        ENTRY(cuKernelGetFunction, "cuKernelGetFunction"),
        ENTRY(cuLaunchKernelEx, "cuLaunchKernelEx"),
        ENTRY(cuGraphCreate, "cuGraphCreate"),
        ENTRY(cuGraphDestroy, "cuGraphDestroy"),
        ENTRY(cuGraphGetNodes, "cuGraphGetNodes"),
        ENTRY(cuGraphGetEdges, "cuGraphGetEdges_v2"),
        ENTRY(cuGraphNodeGetType, "cuGraphNodeGetType"),
        ENTRY(cuGraphKernelNodeGetParams, "cuGraphKernelNodeGetParams_v2"),
        ENTRY(cuGraphKernelNodeGetAttribute, "cuGraphKernelNodeGetAttribute"),
        ENTRY(cuGraphKernelNodeSetAttribute, "cuGraphKernelNodeSetAttribute"),
        ENTRY(cuGraphMemsetNodeGetParams, "cuGraphMemsetNodeGetParams"),
        ENTRY(cuGraphMemcpyNodeGetParams, "cuGraphMemcpyNodeGetParams"),
        ENTRY(cuGraphAddKernelNode, "cuGraphAddKernelNode_v2"),
        ENTRY(cuGraphAddMemsetNode, "cuGraphAddMemsetNode"),
        ENTRY(cuGraphAddMemcpyNode, "cuGraphAddMemcpyNode"),
        ENTRY(cuGraphAddEmptyNode, "cuGraphAddEmptyNode"),
        ENTRY(cuGraphAddDependencies, "cuGraphAddDependencies_v2"),
        ENTRY(cuGraphInstantiate, "cuGraphInstantiateWithFlags"),
        ENTRY(cuGraphLaunch, "cuGraphLaunch"),
        ENTRY(cuGraphExecDestroy, "cuGraphExecDestroy"),
};

/* What no kernel is to blame for, and what a person can do about it. */
static const struct {
	const char *name, *remedy;
} troubles[] = {
        {"CUDA_ERROR_NO_DEVICE", "is the GPU gone? See dmesg for Xid"},
        {"CUDA_ERROR_DEVICE_UNAVAILABLE", "another process holds the GPU"},
        {"CUDA_ERROR_ECC_UNCORRECTABLE", "the GPU needs a reset"},
        {"CUDA_ERROR_CONTAINED", "the GPU needs a reset"},
        {"CUDA_ERROR_NVLINK_UNCORRECTABLE", "the GPU needs a reset"},
        {"CUDA_ERROR_SYSTEM_NOT_READY", "is the fabric manager running?"},
        {"CUDA_ERROR_SYSTEM_DRIVER_MISMATCH", "reload the driver"},
};

static const char *remedy(const char *text)
{
	for (size_t i = 0; i < sizeof troubles / sizeof *troubles; i++)
		if (strstr(text, troubles[i].name))
			return troubles[i].remedy;
	return NULL;
}

int cuda_is_ours(const struct fault *f)
{
	return remedy(f->text) != NULL;
}

int cuda_check(cu_result r, const char *call, struct fault *f)
{
	const char *name = NULL, *what;

	if (!r)
		return 0;
	if (cuda.cuGetErrorName(r, &name) || !name)
		name = "an unknown error";
	what = remedy(name);
	if (r == CU_OUT_OF_MEMORY)
		what = "nvidia-smi shows who has the GPU's memory";
	return fault_set(f, "%.*s: %s%s%s%s", (int)strcspn(call, "("), call,
	                 name, what ? " (" : "", what ? what : "",
	                 what ? ")" : "");
}

int cuda_load(struct fault *f)
{
	static void *library;

	if (library)
		return 0;
	library = dlopen("libcuda.so.1", RTLD_NOW | RTLD_GLOBAL);
	if (!library)
		return fault_set(f, "no CUDA driver here: %s", dlerror());
	for (size_t i = 0; i < sizeof entries / sizeof *entries; i++) {
		void *function = dlsym(library, entries[i].symbol);

		if (!function)
			return fault_set(f,
			                 "libcuda.so.1: no %s: the driver is "
			                 "older than CUDA 12.4, update it",
			                 entries[i].symbol);
		memcpy((char *)&cuda + entries[i].offset, &function,
		       sizeof function);
	}
	return CU(cuInit(0), f);
}

/* The kernel module knows the version by which drivers are named. */
static void read_driver(char *out, size_t len)
{
	char line[256] = "";
	int version = 0;
	FILE *file = fopen("/proc/driver/nvidia/version", "re");

	if (file) {
		const char *p;

		if (fgets(line, sizeof line, file) &&
		    (p = strstr(line, "  ")) != NULL) {
			p += strspn(p, " ");
			snprintf(out, len, "%.*s", (int)strcspn(p, " "), p);
		}
		fclose(file);
	}
	if (!*out && !cuda.cuDriverGetVersion(&version))
		snprintf(out, len, "CUDA %d.%d", version / 1000,
		         version % 1000 / 10);
}

static void format_uuid(const char bytes[16], char out[37])
{
	char *p = out;

	for (int i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*p++ = '-';
		p += snprintf(p, 3, "%02x", (unsigned char)bytes[i]);
	}
}

static int attribute(int which, cu_device d, struct fault *f)
{
	int value = 0;

	return CU(cuDeviceGetAttribute(&value, which, d), f) ? -1 : value;
}

int cuda_count(struct fault *f)
{
	int count = 0;

	if (cuda_load(f) || CU(cuDeviceGetCount(&count), f))
		return -1;
	return count ? count : fault_set(f, "the CUDA driver sees no device");
}

int cuda_probe(struct cuda_device *d, int index, struct fault *f)
{
	char uuid[16];
	int l2;

	memset(d, 0, sizeof *d);
	if (cuda_count(f) < 0 || CU(cuDeviceGet(&d->device, index), f) ||
	    CU(cuDeviceGetName(d->name, sizeof d->name, d->device), f) ||
	    CU(cuDeviceGetUuid(uuid, d->device), f))
		return -1;
	format_uuid(uuid, d->uuid);
	read_driver(d->driver, sizeof d->driver);
	d->major = attribute(CU_CAPABILITY_MAJOR, d->device, f);
	d->minor = attribute(CU_CAPABILITY_MINOR, d->device, f);
	d->multiprocessors = attribute(CU_MULTIPROCESSORS, d->device, f);
	d->threads = attribute(CU_THREADS, d->device, f);
	d->shared_bytes = attribute(CU_SHARED_PER_BLOCK_OPTIN, d->device, f);
	d->pageable = attribute(CU_PAGEABLE_ACCESS, d->device, f);
	l2 = attribute(CU_L2_BYTES, d->device, f);
	if (d->major < 0 || d->minor < 0 || d->multiprocessors < 0 ||
	    d->threads < 0 || d->shared_bytes < 0 || d->pageable < 0 || l2 < 0)
		return -1;
	d->l2_bytes = (size_t)l2;
	return 0;
}

int cuda_open(struct cuda_device *d, cu_context *context, struct fault *f)
{
	if (cuda_probe(d, 0, f) ||
	    CU(cuDevicePrimaryCtxRetain(context, d->device), f))
		return -1;
	return CU(cuCtxSetCurrent(*context), f);
}
