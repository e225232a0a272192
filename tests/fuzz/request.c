/* request - fuzz entry: any bytes as the head of a request */
#include "request.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *copy = malloc(size ? size : 1);
	struct request r;

	memcpy(copy, data, size);
	if (request_read(copy, size, &r) == 1 &&
	    (!*r.method || !*r.path || !*r.host))
		abort();
	free(copy);
	return 0;
}
