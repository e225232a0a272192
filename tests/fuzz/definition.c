/* definition - fuzz entry: any bytes as a definition */
#include "definition.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int64_t value[64], shape[MAX_DIMS];
	struct definition *d;
	struct fault f;
	char path[INPUT_PATH];
	int fd = input_open(data, size, path);

	d = definition_read(path, &f);
	if (d && d->naxes <= 64) {
		for (size_t i = 0; i < d->naxes; i++)
			value[i] = d->axes[i].is_var ? (int64_t)size
			                             : d->axes[i].value;
		for (size_t i = 0; i < d->ninputs; i++)
			tensor_shape(d, &d->inputs[i], value, shape);
		for (size_t i = 0; i < d->noutputs; i++)
			tensor_shape(d, &d->outputs[i], value, shape);
	}
	definition_free(d);
	close(fd);
	return 0;
}
