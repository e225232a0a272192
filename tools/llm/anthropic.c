/* anthropic - the Messages API
 *
 * Two marks let the API keep what it has read: after what is the same in every
 * conversation of a kernel, and after this one's last prompt, which a repair
 * would send again.
 */
#include "json.h"
#include "provider.h"

#include <stdlib.h>
#include <string.h>

static void add_text(json *content, const char *text, int mark)
{
	json *block = json_add(content, NULL, json_object());

	json_add_string(block, "type", "text");
	/* The API refuses empty blocks; a reply can be empty. */
	json_add_string(block, "text", *text ? text : "(no text)");
	if (mark)
		json_add_string(json_add(block, "cache_control", json_object()),
		                "type", "ephemeral");
}

static void add_message(json *messages, const char *role, const char *text,
                        int mark)
{
	json *m = json_add(messages, NULL, json_object());

	json_add_string(m, "role", role);
	add_text(json_add(m, "content", json_array()), text, mark);
}

static char *body(const struct request *r)
{
	json *v = json_object(), *messages;
	char *text;

	json_add_string(v, "model", r->model);
	json_add_integer(v, "max_tokens", r->max_tokens);
	json_add_boolean(v, "stream", 1);
	if (r->effort) {
		json_add_string(json_add(v, "thinking", json_object()), "type",
		                "adaptive");
		json_add_string(json_add(v, "output_config", json_object()),
		                "effort", r->effort);
	}
	add_text(json_add(v, "system", json_array()), r->said->system, 1);
	messages = json_add(v, "messages", json_array());
	for (size_t i = 0; i < r->said->count; i++) {
		const struct turn *t = &r->said->turn[i];

		add_message(messages, "user", t->prompt, !t->reply);
		if (t->reply)
			add_message(messages, "assistant", t->reply, 0);
	}
	text = json_text(v, 0);
	json_free(v);
	return text;
}

/* Counts are totals so far; compatible servers may say the input's at the end
 * only. */
static void take_usage(struct incoming *in, const json *usage)
{
	struct usage *u = &in->usage;

	if (!json_is_object(usage))
		return;
	in->has_usage = 1;
	incoming_set_tokens(&u->input_tokens, json_get(usage, "input_tokens"));
	incoming_set_tokens(&u->output_tokens,
	                    json_get(usage, "output_tokens"));
	incoming_set_tokens(&u->cache_read_tokens,
	                    json_get(usage, "cache_read_input_tokens"));
	incoming_set_tokens(&u->cache_write_tokens,
	                    json_get(usage, "cache_creation_input_tokens"));
}

static int start_message(struct incoming *in, const json *v, struct fault *f)
{
	const json *message = json_get(v, "message");

	if (in->begun)
		return fault_set(f, "a second message_start");
	in->begun = 1;
	incoming_set(&in->model, json_string(json_get(message, "model")));
	take_usage(in, json_get(message, "usage"));
	return 0;
}

static int start_block(struct incoming *in, const json *v, struct fault *f)
{
	const json *block = json_get(v, "content_block");
	const char *type = json_string(json_get(block, "type"));
	int64_t index;

	if (!in->begun || in->block || in->stop_reason || !type ||
	    json_integer(json_get(v, "index"), &index) || index < 0)
		return fault_set(f, "a content_block_start out of place");
	in->block = index + 1;
	in->is_text = strcmp(type, "text") == 0;
	return in->is_text
	               ? incoming_add(in, json_string(json_get(block, "text")),
	                              f)
	               : 0;
}

static int is_open(const struct incoming *in, const json *v)
{
	int64_t index;

	return in->block && json_integer(json_get(v, "index"), &index) == 0 &&
	       index == in->block - 1;
}

static int take_delta(struct incoming *in, const json *v, struct fault *f)
{
	const json *delta = json_get(v, "delta");
	const char *thought = json_string(json_get(delta, "thinking"));

	if (!is_open(in, v))
		return fault_set(f, "a content_block_delta out of place");
	if (in->is_text)
		return incoming_add(in, json_string(json_get(delta, "text")),
		                    f);
	in->bytes += thought ? (int64_t)strlen(thought) : 0;
	return 0;
}

static int stop_block(struct incoming *in, const json *v, struct fault *f)
{
	if (!is_open(in, v))
		return fault_set(f, "a content_block_stop out of place");
	in->block = 0;
	return 0;
}

static int change_message(struct incoming *in, const json *v, struct fault *f)
{
	const json *delta = json_get(v, "delta");

	if (!in->begun || in->block)
		return fault_set(f, "a message_delta out of place");
	incoming_set(&in->stop_reason,
	             json_string(json_get(delta, "stop_reason")));
	take_usage(in, json_get(v, "usage"));
	return 0;
}

static int stop_message(struct incoming *in, const json *v, struct fault *f)
{
	(void)v;
	if (!in->stop_reason)
		return fault_set(f, "a message_stop without a stop_reason");
	in->whole = 1;
	return 1;
}

static int take_error(struct incoming *in, const json *v, struct fault *f)
{
	static const struct {
		const char *type;
		int status;
	} known[] = {
	        {"invalid_request_error", 400}, {"authentication_error", 401},
	        {"billing_error", 402},         {"permission_error", 403},
	        {"not_found_error", 404},       {"request_too_large", 413},
	        {"rate_limit_error", 429},      {"timeout_error", 504},
	        {"overloaded_error", 529}};
	const json *error = json_get(v, "error");
	const char *type = json_string(json_get(error, "type"));
	int status = 500;

	(void)f;
	for (size_t i = 0; type && i < sizeof known / sizeof *known; i++) {
		if (strcmp(type, known[i].type) == 0)
			status = known[i].status;
	}
	return incoming_fail(in, status, error ? error : v);
}

/* Other types, ping among them, mean nothing to us. */
static int event(struct incoming *in, const char *data, size_t len,
                 struct fault *f)
{
	static const struct {
		const char *type;
		int (*take)(struct incoming *, const json *, struct fault *);
	} known[] = {{"message_start", start_message},
	             {"content_block_start", start_block},
	             {"content_block_delta", take_delta},
	             {"content_block_stop", stop_block},
	             {"message_delta", change_message},
	             {"message_stop", stop_message},
	             {"error", take_error}};
	json *v = json_parse(data, len, "event", 1, f);
	const char *type = json_string(json_get(v, "type"));
	int status = 0;

	if (!v)
		return -1;
	if (!type)
		status = fault_set(f, "an event without a type");
	for (size_t i = 0; type && i < sizeof known / sizeof *known; i++) {
		if (strcmp(type, known[i].type) == 0)
			status = known[i].take(in, v, f);
	}
	json_free(v);
	return status;
}

const struct provider provider_anthropic = {
        .name = "anthropic",
        .key = "ANTHROPIC_API_KEY",
        .key_header = "x-api-key: ",
        .base = "https://api.anthropic.com",
        .base_name = "ANTHROPIC_BASE_URL",
        .path = "/v1/messages",
        .version = "anthropic-version: 2023-06-01",
        .body = body,
        .event = event,
};
