/* safetensors - fuzz entry: any bytes as a file of tensors, every one touched
 */
#include "safetensors.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct safetensors s;
	struct fault f;
	char path[INPUT_PATH];
	int fd = input_open(data, size, path);
	volatile double sum = 0;

	if (!safetensors_read(path, &s, &f)) {
		for (size_t i = 0; i < s.count; i++) {
			const struct safetensor *t = &s.item[i];
			size_t n = t->bytes * 8 / dtype_bits(t->dtype);

			for (size_t k = 0; k < n; k++)
				sum += dtype_load(t->dtype, t->data, k);
			if (!safetensors_find(&s, t->key))
				abort();
		}
		safetensors_free(&s);
	}
	close(fd);
	return 0;
}
