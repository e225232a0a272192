/* trace - fuzz entry: any bytes as a line of traces */
#include "trace.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	json *v = json_parse((const char *)data, size, "input", 1, &f);

	if (v)
		trace_check(v, "input", &f);
	json_free(v);
	return 0;
}
