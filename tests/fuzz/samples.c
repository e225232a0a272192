/* samples - fuzz entry: any bytes as a bench.tsv, read and compared */
#include "comparison.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct settings settings = {.count = 0};
	struct samples samples;
	struct comparison c;
	struct fault f;
	char path[64];
	int fd = memfd_create("samples", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (!samples_read(path, &samples, &f)) {
		if (!comparison_make("samples", &samples, &settings, &c, &f)) {
			free(comparison_text(&c));
			comparison_free(&c);
		}
		samples_free(&samples);
	}
	close(fd);
	return 0;
}
