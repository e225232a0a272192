/* workload - fuzz entry: any bytes as a list of workloads of one definition */
#include "workload.h"
#include "input.h"

static const char text[] =
        "{\"name\": \"d\", \"op_type\": \"o\", \"axes\": {"
        "\"M\": {\"type\": \"var\"}, \"K\": {\"type\": \"const\", \"value\": "
        "4}},"
        "\"inputs\": {"
        "\"A\": {\"shape\": [\"M\", \"K\", \"M\"], \"dtype\": \"float16\"},"
        "\"x\": {\"shape\": null, \"dtype\": \"float32\"},"
        "\"i\": {\"shape\": null, \"dtype\": \"int8\"},"
        "\"b\": {\"shape\": null, \"dtype\": \"bool\"}},"
        "\"outputs\": {\"C\": {\"shape\": [\"M\"], \"dtype\": "
        "\"float4_e2m1\"}},"
        "\"reference\": \"def run(A, x, i, b):\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct definition *d;
	struct workload_list list;
	struct fault f;
	char path[INPUT_PATH];
	int fd;

	if (!d) {
		fd = input_open(text, sizeof text - 1, path);
		d = definition_read(path, &f);
		close(fd);
		if (!d)
			abort();
	}
	fd = input_open(data, size, path);
	if (!workload_list_read(path, d, &list, &f)) {
		for (size_t i = 0; i < list.count; i++) {
			if (workload_bytes(d, &list.item[i]) == SIZE_MAX)
				abort();
		}
		workload_list_free(&list);
	}
	close(fd);
	return 0;
}
