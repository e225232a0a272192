/* input - a fuzz entry's bytes as a file, for functions that read files */
#ifndef INPUT_H
#define INPUT_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_PATH 32

/* Returns a descriptor to close; path names the file meanwhile. */
static inline int input_open(const void *data, size_t size,
                             char path[INPUT_PATH])
{
	int fd = memfd_create("input", 0);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, INPUT_PATH, "/proc/self/fd/%d", fd);
	return fd;
}

#endif
