/* receipt - what a coding agent's command line reports when it is done */
#include "receipt.h"
#include "json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const json *last_result(const json *v)
{
	const json *found = json_is_array(v) ? NULL : v;
	const char *type;

	for (const json *e = json_is_array(v) ? json_first(v) : NULL; e;
	     e = json_next(e))
		found = e;
	type = json_string(json_get(found, "type"));
	return type && strcmp(type, "result") == 0 ? found : NULL;
}

/* Returns -1 for what is no count. An absent one is none. */
static int read_count(const json *usage, const char *key, int64_t *out)
{
	const json *v = json_get(usage, key);

	*out = 0;
	if (!v || json_is_null(v))
		return 0;
	return json_integer(v, out) || *out < 0 || *out > USAGE_MAX ? -1 : 0;
}

/* An amount is believed with its tokens or not at all. */
static void read_spend(const json *v, double most_usd, struct receipt *out)
{
	const json *usage = json_get(v, "usage");
	struct usage u;
	double usd;

	if (json_number(json_get(v, "total_cost_usd"), &usd) ||
	    !(usd >= 0 && usd <= most_usd) || !json_is_object(usage) ||
	    read_count(usage, "input_tokens", &u.input_tokens) ||
	    read_count(usage, "output_tokens", &u.output_tokens) ||
	    read_count(usage, "cache_read_input_tokens",
	               &u.cache_read_tokens) ||
	    read_count(usage, "cache_creation_input_tokens",
	               &u.cache_write_tokens))
		return;
	out->usd = usd;
	out->usage = u;
}

/* A word of letters, digits, '-' and '_', as ids are. */
static void read_word(const json *v, const char *key, char *out, size_t room)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz"
	                              "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                              "0123456789-_";
	const char *word = json_string(json_get(v, key));

	*out = '\0';
	if (word && *word != '-' && strlen(word) < room &&
	    strspn(word, allowed) == strlen(word))
		snprintf(out, room, "%s", word);
}

void receipt_read(const char *text, size_t len, double most_usd,
                  struct receipt *out)
{
	struct fault ignored;
	json *document = json_parse(text, len, "report", 1, &ignored);
	const json *v = last_result(document);

	*out = (struct receipt){.usd = NAN};
	if (v) {
		out->is_there = 1;
		if (json_boolean(json_get(v, "is_error"), &out->is_error))
			out->is_error = 0;
		read_spend(v, most_usd, out);
		read_word(v, "session_id", out->session, sizeof out->session);
		read_word(v, "subtype", out->stop_reason,
		          sizeof out->stop_reason);
	}
	json_free(document);
}
