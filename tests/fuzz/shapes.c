/* shapes - fuzz entry: any bytes as a table of shapes of one definition */
#include "shapes.h"
#include "input.h"

static const char text[] =
        "{\"name\": \"d\", \"op_type\": \"o\", \"axes\": {"
        "\"M\": {\"type\": \"var\"}, \"K\": {\"type\": \"const\", \"value\": "
        "4}},"
        "\"inputs\": {"
        "\"A\": {\"shape\": [\"M\", \"K\"], \"dtype\": \"float16\"},"
        "\"x\": {\"shape\": null, \"dtype\": \"float32\"},"
        "\"b\": {\"shape\": null, \"dtype\": \"bool\"}},"
        "\"outputs\": {\"C\": {\"shape\": [\"M\"], \"dtype\": \"int8\"}},"
        "\"reference\": \"def run(A, x, b):\"}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct definition *d;
	struct shapes shapes;
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
	if (shapes_read(path, d, &shapes, &f) == 0)
		shapes_free(&shapes);
	close(fd);
	return 0;
}
