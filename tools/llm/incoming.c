/* incoming - what has arrived of a reply */
#include "memory.h"
#include "provider.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 200

void incoming_free(struct incoming *in)
{
	buffer_free(&in->text);
	free(in->model);
	free(in->stop_reason);
	free(in->error);
}

int incoming_add(struct incoming *in, const char *text, struct fault *f)
{
	if (!text)
		return fault_set(f, "a piece of text that is no string");
	in->bytes += (int64_t)strlen(text);
	if (buffer_add(&in->text, text, strlen(text), CONVERSATION_MAX))
		return fault_set(f, "a reply longer than %zu bytes",
		                 CONVERSATION_MAX);
	return 0;
}

void incoming_set(char **word, const char *value)
{
	if (!value)
		return;
	free(*word);
	*word = xasprintf("%.*s", WORD_MAX, value);
}

void incoming_set_tokens(int64_t *tokens, const json *value)
{
	int64_t n;

	if (json_integer(value, &n) == 0 && n >= 0 && n <= USAGE_MAX)
		*tokens = n;
}

int incoming_fail(struct incoming *in, int status, const json *error)
{
	const char *message = json_string(json_get(error, "message"));

	in->status = status;
	if (!message)
		message = json_string(error);
	free(in->error);
	in->error = message ? xstrdup(message) : json_text(error, 0);
	return 1;
}
