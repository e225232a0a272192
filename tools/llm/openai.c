/* openai - chat completions, of OpenAI's server and of compatible ones
 *
 * Compatible servers leave things out: usage, [DONE], the model's name. What
 * none leaves out is the finish_reason of a reply that is complete.
 */
#include "json.h"
#include "provider.h"

#include <string.h>

static void add_message(json *messages, const char *role, const char *text)
{
	json *m = json_add(messages, NULL, json_object());

	json_add_string(m, "role", role);
	json_add_string(m, "content", text);
}

static char *body(const struct request *r)
{
	json *v = json_object(), *messages;
	char *text;

	json_add_string(v, "model", r->model);
	/* OpenAI's models that think refuse the old name; some servers know
	 * no other. */
	json_add_integer(v,
	                 r->own_server ? "max_tokens" : "max_completion_tokens",
	                 r->max_tokens);
	json_add_boolean(v, "stream", 1);
	json_add_boolean(json_add(v, "stream_options", json_object()),
	                 "include_usage", 1);
	if (r->effort)
		json_add_string(v, "reasoning_effort", r->effort);
	messages = json_add(v, "messages", json_array());
	add_message(messages, "system", r->said->system);
	for (size_t i = 0; i < r->said->count; i++) {
		const struct turn *t = &r->said->turn[i];

		add_message(messages, "user", t->prompt);
		if (t->reply)
			add_message(messages, "assistant", t->reply);
	}
	text = json_text(v, 0);
	json_free(v);
	return text;
}

/* prompt_tokens counts what came from a cache too. */
static void take_usage(struct incoming *in, const json *usage)
{
	struct usage *u = &in->usage;
	int64_t cached = 0;

	if (!json_is_object(usage))
		return;
	in->has_usage = 1;
	incoming_set_tokens(&u->input_tokens, json_get(usage, "prompt_tokens"));
	incoming_set_tokens(&u->output_tokens,
	                    json_get(usage, "completion_tokens"));
	incoming_set_tokens(&cached,
	                    json_get(json_get(usage, "prompt_tokens_details"),
	                             "cached_tokens"));
	if (cached <= u->input_tokens) {
		u->cache_read_tokens = cached;
		u->input_tokens -= cached;
	}
}

static void count(struct incoming *in, const json *thought)
{
	const char *text = json_string(thought);

	in->bytes += text ? (int64_t)strlen(text) : 0;
}

static int take_choice(struct incoming *in, const json *choice, struct fault *f)
{
	const json *delta = json_get(choice, "delta");
	const json *content = json_get(delta, "content");
	const char *text = json_string(content);

	count(in, json_get(delta, "reasoning_content"));
	count(in, json_get(delta, "reasoning"));
	if (text && *text && in->stop_reason)
		return fault_set(f, "text after the finish_reason");
	if (content && !json_is_null(content) && incoming_add(in, text, f))
		return -1;
	incoming_set(&in->stop_reason,
	             json_string(json_get(choice, "finish_reason")));
	return 0;
}

static int take_error(struct incoming *in, const json *error)
{
	const char *type = json_string(json_get(error, "type"));
	int64_t code;

	if (json_integer(json_get(error, "code"), &code) || code < 400 ||
	    code > 599)
		code = type && strcmp(type, "invalid_request_error") == 0 ? 400
		                                                          : 500;
	return incoming_fail(in, (int)code, error);
}

static int take_chunk(struct incoming *in, const json *v, struct fault *f)
{
	const json *error = json_get(v, "error");
	const json *choices = json_get(v, "choices");
	int64_t index;

	if (error && !json_is_null(error))
		return take_error(in, error);
	if (!json_is_object(v))
		return fault_set(f, "an event that is no object");
	in->begun = 1;
	incoming_set(&in->model, json_string(json_get(v, "model")));
	take_usage(in, json_get(v, "usage"));
	for (const json *c = json_is_array(choices) ? json_first(choices)
	                                            : NULL;
	     c; c = json_next(c)) {
		/* One was asked for. */
		if (json_integer(json_get(c, "index"), &index) == 0 && index)
			continue;
		if (take_choice(in, c, f))
			return -1;
	}
	/* usage may follow, and [DONE] */
	in->whole = in->stop_reason != NULL;
	return 0;
}

static int event(struct incoming *in, const char *data, size_t len,
                 struct fault *f)
{
	json *v;
	int status;

	if (strcmp(data, "[DONE]") == 0)
		return in->whole ? 1
		                 : fault_set(f, "[DONE] without a "
		                                "finish_reason");
	v = json_parse(data, len, "event", 1, f);
	if (!v)
		return -1;
	status = take_chunk(in, v, f);
	json_free(v);
	return status;
}

const struct provider provider_openai = {
        .name = "openai",
        .key = "OPENAI_API_KEY",
        .key_header = "authorization: Bearer ",
        .base = "https://api.openai.com",
        .base_name = "OPENAI_BASE_URL",
        .path = "/v1/chat/completions",
        .base_has_version = 1,
        .body = body,
        .event = event,
};
