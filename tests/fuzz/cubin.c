/* cubin - fuzz entry: any bytes as device code, with a driver that obliges */
#include "cubin.h"

#include <stdlib.h>
#include <string.h>

static cu_result load(cu_module *m, const void *image)
{
	(void)image;
	*m = NULL;
	return 0;
}

static cu_result find(cu_address *at, size_t *size, cu_module m,
                      const char *name)
{
	(void)m;
	*at = 256;
	*size = strlen(name) * 16;
	return 0;
}

static cu_result copy(void *to, cu_address from, size_t bytes)
{
	memset(to, (int)from, bytes);
	return 0;
}

static cu_result name_error(cu_result r, const char **name)
{
	(void)r;
	*name = "error";
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *image = malloc(size + 1); /* aligned, as a file's is */
	struct cubin c;
	const char *reason;
	struct fault f;

	cuda.cuModuleLoadData = load;
	cuda.cuModuleGetGlobal = find;
	cuda.cuMemcpyDtoH = copy;
	cuda.cuGetErrorName = name_error;
	memcpy(image, data, size);
	cubin_load(image, size, &c, &reason, &f);
	for (size_t i = 0; i < c.regions; i++)
		free(c.region[i].content);
	free(c.region);
	free(image);
	return 0;
}
