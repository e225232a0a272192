/* index_tensor - fuzz entry: any bytes as a file of index tensors */
#include "index_tensor.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct index_tensor x = {0};
	struct safetensors s;
	struct fault f;
	char path[INPUT_PATH];
	int fd = input_open(data, size, path);

	if (safetensors_read(path, &s, &f) == 0) {
		for (size_t i = 0; i < s.count; i++)
			if (index_tensor_is(s.item[i].dtype) && s.item[i].bytes)
				index_tensor_add(&x, &s.item[i]);
		distribution_sum_up(&x.length);
		free(distribution_histogram(&x.length));
		index_tensor_free(&x);
		safetensors_free(&s);
	}
	close(fd);
	return 0;
}
