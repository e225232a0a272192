/* answer - a reply with what it took: the file n.reply.json */
#include "answer.h"

#include <math.h>

static const struct {
	const char *key;
	size_t at;
} tokens[] = {
        {"input_tokens", offsetof(struct usage, input_tokens)},
        {"output_tokens", offsetof(struct usage, output_tokens)},
        {"cache_read_tokens", offsetof(struct usage, cache_read_tokens)},
        {"cache_write_tokens", offsetof(struct usage, cache_write_tokens)},
};
#define TOKENS (sizeof tokens / sizeof *tokens)

json *answer_json(const struct answer *a)
{
	json *v = json_object(), *usage;

	json_add_string(v, "proposer", a->proposer);
	json_add_string(v, "model", a->model);
	json_add_string(v, "text", a->text);
	json_add_string(v, "stop_reason", a->stop_reason);
	usage = json_add(v, "usage", json_object());
	for (size_t i = 0; i < TOKENS; i++)
		json_add_integer(usage, tokens[i].key,
		                 *(const int64_t *)((const char *)&a->usage +
		                                    tokens[i].at));
	if (isfinite(a->usd))
		json_add_number(v, "usd", a->usd);
	else
		json_add_null(v, "usd");
	json_add_number(v, "seconds", a->seconds);
	json_add_integer(v, "requests", a->requests);
	json_add_string(v, "at", a->at);
	json_add_string(v, "prompt_sha256", a->prompt_sha256);
	return v;
}

static int read_usage(const json *usage, const char *path, struct usage *out,
                      struct fault *f)
{
	for (size_t i = 0; i < TOKENS; i++) {
		int64_t *n = (int64_t *)((char *)out + tokens[i].at);

		if (json_want_integer(usage, tokens[i].key, path, n, f))
			return -1;
		if (*n < 0)
			return fault_set(f, "%s:%ld: want %s to be 0 or more",
			                 path, json_line(usage), tokens[i].key);
	}
	return 0;
}

int answer_of(const json *v, const char *path, struct answer *out,
              struct fault *f)
{
	const json *usd = json_get(v, "usd");

	*out = (struct answer){.usd = NAN};
	if (json_want_name(v, "proposer", path, &out->proposer, f) ||
	    json_want_string(v, "model", path, &out->model, f) ||
	    json_want_string(v, "text", path, &out->text, f) ||
	    json_want_string(v, "stop_reason", path, &out->stop_reason, f) ||
	    read_usage(json_get(v, "usage"), path, &out->usage, f) ||
	    json_want_number(v, "seconds", path, &out->seconds, f) ||
	    json_want_integer(v, "requests", path, &out->requests, f) ||
	    json_want_name(v, "at", path, &out->at, f) ||
	    json_want_name(v, "prompt_sha256", path, &out->prompt_sha256, f))
		return -1;
	if (!json_is_null(usd) &&
	    json_want_number(v, "usd", path, &out->usd, f))
		return -1;
	return 0;
}

int answer_read(const char *path, struct answer *out, struct fault *f)
{
	json *v = json_read(path, f);

	if (!v)
		return -1;
	if (answer_of(v, path, out, f)) {
		json_free(v);
		return -1;
	}
	out->document = v;
	return 0;
}

void answer_free(struct answer *a)
{
	json_free(a->document);
	*a = (struct answer){0};
}
