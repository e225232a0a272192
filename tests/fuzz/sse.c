/* sse - fuzz entry: a stream gives the same events however it is cut, and
 * their data is text */
#include "sse.h"
#include "input.h"
#include "utf8.h"

#include <string.h>

static int gather(void *to, const char *data, size_t len)
{
	const char *end = data + len;

	for (const char *p = data; p < end; p += utf8_length(p, end)) {
		if (*p == '\0' || utf8_length(p, end) == 0)
			abort();
	}
	if (*end)
		abort();
	buffer_add(to, data, len, SIZE_MAX);
	buffer_add(to, "|", 1, SIZE_MAX);
	return 0;
}

/* Cut after each step bytes. Caller frees. */
static char *events(const uint8_t *data, size_t size, size_t step)
{
	struct sse s = {0};
	struct buffer all = {0};

	for (size_t at = 0; at < size; at += step) {
		size_t n = size - at < step ? size - at : step;

		if (sse_feed(&s, (const char *)data + at, n, gather, &all))
			abort();
	}
	sse_free(&s);
	return buffer_take(&all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *whole = events(data, size, size + 1);
	char *bytes = events(data, size, 1);
	char *pieces = events(data, size, 7);

	if (strcmp(whole, bytes) || strcmp(whole, pieces))
		abort();
	free(whole);
	free(bytes);
	free(pieces);
	return 0;
}
