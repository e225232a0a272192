/* incoming - fuzz entry: events of both APIs, a line each; the first byte says
 * which API */
#include "input.h"
#include "provider.h"
#include "utf8.h"

#include <string.h>

/* Whatever came, what we keep is text, and no count is absurd. */
static void check(const struct incoming *in)
{
	const char *text = in->text.data ? in->text.data : "";
	const char *end = text + in->text.len;
	const struct usage *u = &in->usage;

	for (const char *p = text; p < end; p += utf8_length(p, end)) {
		if (utf8_length(p, end) == 0)
			abort();
	}
	if (u->input_tokens < 0 || u->output_tokens < 0 ||
	    u->cache_read_tokens < 0 || u->cache_write_tokens < 0)
		abort();
	if ((in->whole && !in->stop_reason) || (in->status && !in->error))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct provider *api =
	        size && *data == 'o' ? &provider_openai : &provider_anthropic;
	const char *at = (const char *)data + 1;
	const char *end = (const char *)data + size;
	struct incoming in = {0};
	struct fault f;
	int status = 0;

	while (at < end && status == 0) {
		const char *next = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((next ? next : end) - at);
		char *line = strndup(at, len);

		status = api->event(&in, line, strlen(line), &f);
		free(line);
		at += len + 1;
		check(&in);
	}
	if (status == 1 && !in.whole && !in.status)
		abort();
	incoming_free(&in);
	return 0;
}
