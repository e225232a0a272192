/* gpumem - device memory at addresses of our choosing, shared by descriptor */
#include "gpumem.h"

#include "layout.h"

#include <string.h>

#define DECOY_BYTES ((size_t)64 << 20)

int gpumem_create(size_t bytes, cu_memory *out, struct fault *f)
{
	struct cu_memory_props p;

	memset(&p, 0, sizeof p);
	p.type = CU_ALLOCATION_PINNED;
	p.handle_types = CU_HANDLE_POSIX_FD;
	p.location.type = CU_LOCATION_DEVICE;
	return CU(cuMemCreate(out, bytes, &p, 0), f);
}

int gpumem_export(cu_memory m, struct fault *f)
{
	int fd = -1;

	if (CU(cuMemExportToShareableHandle(&fd, m, CU_HANDLE_POSIX_FD, 0), f))
		return -1;
	return fd;
}

int gpumem_import(int fd, cu_memory *out, struct fault *f)
{
	return CU(cuMemImportFromShareableHandle(out, (void *)(intptr_t)fd,
	                                         CU_HANDLE_POSIX_FD),
	          f);
}

int gpumem_reserve(cu_address address, size_t bytes, struct fault *f)
{
	cu_address got;

	if (CU(cuMemAddressReserve(&got, bytes, 0, address, 0), f))
		return -1;
	if (got == address)
		return 0;
	cuda.cuMemAddressFree(got, bytes);
	return fault_set(f, "cuMemAddressReserve: asked for %#llx, got %#llx",
	                 (unsigned long long)address, (unsigned long long)got);
}

static int allow(cu_address address, size_t bytes, int access, struct fault *f)
{
	struct cu_access a = {{CU_LOCATION_DEVICE, 0}, access};

	return CU(cuMemSetAccess(address, bytes, &a, 1), f);
}

int gpumem_map_at(cu_memory m, size_t bytes, cu_address address, int access,
                  struct fault *f)
{
	if (CU(cuMemMap(address, bytes, 0, m, 0), f))
		return -1;
	return allow(address, bytes, access, f);
}

int gpumem_map(cu_memory m, size_t bytes, cu_address *address, struct fault *f)
{
	if (CU(cuMemAddressReserve(address, bytes, 0, 0, 0), f))
		return -1;
	return gpumem_map_at(m, bytes, *address, CU_ACCESS_READ_WRITE, f);
}

void gpumem_unmap(cu_address address, size_t bytes)
{
	cuda.cuMemUnmap(address, bytes);
	cuda.cuMemAddressFree(address, bytes);
}

/* Memory is mapped whole, so that the last piece is one of its own. */
int gpumem_decoy(size_t bytes, cu_address address, struct fault *f)
{
	size_t piece = bytes < DECOY_BYTES ? bytes : DECOY_BYTES;
	size_t rest = bytes ? bytes % piece : 0;
	cu_memory m, last;

	if (!bytes)
		return 0;
	if (gpumem_create(piece, &m, f) ||
	    (rest && gpumem_create(rest, &last, f)))
		return -1;
	for (size_t at = 0; at + piece <= bytes; at += piece)
		if (CU(cuMemMap(address + at, piece, 0, m, 0), f))
			return -1;
	if ((rest &&
	     CU(cuMemMap(address + bytes - rest, rest, 0, last, 0), f)) ||
	    allow(address, bytes, CU_ACCESS_READ_WRITE, f) ||
	    CU(cuMemsetD8Async(address, 0, piece, NULL), f) ||
	    (rest &&
	     CU(cuMemsetD8Async(address + bytes - rest, 0, rest, NULL), f)))
		return -1;
	return CU(cuCtxSynchronize(), f);
}
