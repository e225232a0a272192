/* answer - a reply with what it took: the file n.reply.json */
#include "answer.h"
#include "memory.h"

#include <math.h>
#include <stdlib.h>

struct field {
	const char *key;
	size_t at;
};

static const struct field words[] = {
        {"proposer", offsetof(struct answer, proposer)},
        {"model", offsetof(struct answer, model)},
        {"text", offsetof(struct answer, text)},
        {"stop_reason", offsetof(struct answer, stop_reason)},
        {"at", offsetof(struct answer, at)},
        {"prompt_sha256", offsetof(struct answer, prompt_sha256)},
};
static const struct field tokens[] = {
        {"input_tokens", offsetof(struct usage, input_tokens)},
        {"output_tokens", offsetof(struct usage, output_tokens)},
        {"cache_read_tokens", offsetof(struct usage, cache_read_tokens)},
        {"cache_write_tokens", offsetof(struct usage, cache_write_tokens)},
};
#define WORDS (sizeof words / sizeof *words)
#define TOKENS (sizeof tokens / sizeof *tokens)

static char **word_of(struct answer *a, size_t i)
{
	return (char **)((char *)a + words[i].at);
}

static int64_t *tokens_of(struct usage *u, size_t i)
{
	return (int64_t *)((char *)u + tokens[i].at);
}

json *answer_json(const struct answer *a)
{
	struct answer copy = *a;
	json *v = json_object(), *usage;

	for (size_t i = 0; i < WORDS; i++) {
		const char *word = *word_of(&copy, i);

		json_add_string(v, words[i].key, word ? word : "");
	}
	usage = json_add(v, "usage", json_object());
	for (size_t i = 0; i < TOKENS; i++)
		json_add_integer(usage, tokens[i].key,
		                 *tokens_of(&copy.usage, i));
	if (isfinite(a->usd))
		json_add_number(v, "usd", a->usd);
	else
		json_add_null(v, "usd");
	json_add_number(v, "seconds", a->seconds);
	json_add_integer(v, "requests", a->requests);
	return v;
}

static int read_usage(const json *usage, const char *path, struct usage *out,
                      struct fault *f)
{
	for (size_t i = 0; i < TOKENS; i++) {
		int64_t *n = tokens_of(out, i);

		if (json_want_integer(usage, tokens[i].key, path, n, f))
			return -1;
		if (*n < 0)
			return fault_set(f, "%s:%ld: want %s to be 0 or more",
			                 path, json_line(usage), tokens[i].key);
	}
	return 0;
}

static int read_all(const json *v, const char *path, struct answer *out,
                    struct fault *f)
{
	const char *word;

	for (size_t i = 0; i < WORDS; i++) {
		if (json_want_string(v, words[i].key, path, &word, f))
			return -1;
		*word_of(out, i) = xstrdup(word);
	}
	if (!json_is_null(json_get(v, "usd")) &&
	    json_want_number(v, "usd", path, &out->usd, f))
		return -1;
	return read_usage(json_get(v, "usage"), path, &out->usage, f) ||
	                       json_want_number(v, "seconds", path,
	                                        &out->seconds, f) ||
	                       json_want_integer(v, "requests", path,
	                                         &out->requests, f)
	               ? -1
	               : 0;
}

int answer_of(const json *v, const char *path, struct answer *out,
              struct fault *f)
{
	*out = (struct answer){.usd = NAN};
	if (read_all(v, path, out, f) == 0)
		return 0;
	answer_free(out);
	return -1;
}

int answer_read(const char *path, struct answer *out, struct fault *f)
{
	json *v = json_read(path, f);
	int failed = !v || answer_of(v, path, out, f);

	json_free(v);
	return failed ? -1 : 0;
}

void answer_free(struct answer *a)
{
	for (size_t i = 0; i < WORDS; i++)
		free(*word_of(a, i));
	*a = (struct answer){0};
}
