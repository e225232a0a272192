/* json - fuzz entry: what can be read is written, and reads the same again */
#include "json.h"
#include "input.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fault f;
	json *v = json_parse((const char *)data, size, "input", 1, &f), *again;
	char *text, *other;

	if (!v)
		return 0;
	text = json_text(v, size % 3 ? 0 : 2);
	again = json_parse(text, strlen(text), "text", 1, &f);
	if (!again)
		abort();
	other = json_text(again, size % 3 ? 0 : 2);
	if (strcmp(text, other))
		abort();
	free(text);
	free(other);
	json_free(again);
	json_free(v);
	return 0;
}
