/* solution - fuzz entry: any bytes as a solution */
#include "solution.h"
#include "input.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	char path[INPUT_PATH];
	int fd = input_open(data, size, path);
	struct solution *s = solution_read(path, &f);

	if (s && (!s->entry_file || !*s->entry_symbol || s->nsources == 0))
		abort();
	solution_free(s);
	close(fd);
	return 0;
}
