/* remote - what an environment says about a server, and one request to it */
#include "remote.h"
#include "attempt.h"
#include "json.h"
#include "key.h"
#include "memory.h"
#include "progress.h"
#include "retry.h"
#include "sse.h"
#include "variable.h"
#include "visible.h"

#include <stdlib.h>
#include <string.h>

#define ANSWER_MAX ((size_t)32 << 20) /* bytes of a stream of events */
#define ERROR_MAX ((size_t)64 << 10)
#define QUOTE_MAX 300

/* A base is given with or without its /v1, and a slash at the end. */
static char *join(const struct provider *api, const char *base)
{
	size_t len = strlen(base);
	const char *host = strstr(base, "://"), *path = api->path;
	int versioned;

	while (len > 0 && base[len - 1] == '/')
		len--;
	versioned = len > 3 && strncmp(base + len - 3, "/v1", 3) == 0;
	if (api->base_has_version && host)
		versioned = memchr(host + 3, '/',
		                   len - (size_t)(host + 3 - base)) != NULL;
	return xasprintf("%.*s%s", (int)len, base, path + (versioned ? 3 : 0));
}

static int find_limits(struct remote *r, struct fault *f)
{
	struct http_limits *l = &r->limits;
	int64_t attempts = 6;

	r->first_s = 2;
	*l = (struct http_limits){.connect_s = 20, .stall_s = 300};
	r->request.max_tokens = 32000;
	if (variable_count("ASK_ATTEMPTS", 1, 100, &attempts, f) ||
	    variable_number("ASK_BACKOFF_S", 0, 60, &r->first_s, f) ||
	    variable_number("ASK_CONNECT_S", 0.001, 3600, &l->connect_s, f) ||
	    variable_number("ASK_STALL_S", 0.001, 86400, &l->stall_s, f) ||
	    attempt_limit(&l->total_s, f) ||
	    variable_count("MAX_TOKENS", 1, 10000000, &r->request.max_tokens,
	                   f))
		return -1;
	r->attempts = (int)attempts;
	return 0;
}

static int find_server(struct remote *r, struct fault *f)
{
	const struct provider *api = r->api;
	const char *base = variable(api->base_name), *key;

	r->base = base ? base : api->base;
	r->request.own_server = base != NULL;
	if (key_find(api->key, &key, f))
		return -1;
	if (!key && !base)
		return fault_set(f,
		                 "%s: not set, and %s names no server that "
		                 "needs none",
		                 api->key, api->base_name);
	r->url = join(api, r->base);
	if (key)
		r->key_header = xasprintf("%s%s", api->key_header, key);
	return http_check_url(base ? api->base_name : r->base, r->url, f);
}

int remote_find(const struct provider *api, const struct conversation *said,
                struct remote *out, struct fault *f)
{
	*out = (struct remote){.api = api};
	out->request.said = said;
	out->request.model = variable("MODEL");
	out->request.effort = variable("EFFORT");
	if (!out->request.model)
		fault_set(f,
		          "MODEL: not set: want the name of one of %s's "
		          "models",
		          api->name);
	else if (find_limits(out, f) == 0 && find_server(out, f) == 0)
		return 0;
	remote_free(out);
	return -1;
}

void remote_free(struct remote *r)
{
	if (r->key_header)
		explicit_bzero(r->key_header, strlen(r->key_header));
	free(r->key_header);
	free(r->url);
}

/* One request under way. */
struct exchange {
	const struct remote *remote;
	struct remote_answer *answer;
	struct sse sse;
	struct buffer error; /* the body of an answer that is none */
	int malformed;       /* answer->why says how */
};

static int on_event(void *to, const char *data, size_t len)
{
	struct exchange *x = to;
	int status;

	if (len == 0)
		return 0; /* a sign of life */
	status = x->remote->api->event(&x->answer->in, data, len,
	                               &x->answer->why);

	x->malformed = status < 0;
	return status != 0;
}

static int take(void *to, int status, const char *data, size_t len)
{
	struct exchange *x = to;
	size_t room = ERROR_MAX - x->error.len;
	int end;

	if (status != 200) {
		buffer_add(&x->error, data, len < room ? len : room, ERROR_MAX);
		return 0;
	}
	end = sse_feed(&x->sse, data, len, on_event, x);
	if (end < 0) {
		fault_set(&x->answer->why, "an event of more than %zu bytes",
		          SSE_MAX);
		x->malformed = 1;
	}
	return end;
}

static void tick(void *to, double seconds)
{
	const struct exchange *x = to;

	progress("%s: %lld characters, %.0f s", x->remote->api->name,
	         (long long)x->answer->in.bytes, seconds);
}

/* The server's own words out of an error's body, else the body. */
static char *find_message(const char *body, size_t len)
{
	struct fault f;
	json *v = json_parse(body, len, "body", 1, &f);
	const json *error = json_get(v, "error");
	const char *text = json_string(json_get(error, "message"));
	char *message;

	if (!text)
		text = json_string(error);
	if (!text)
		text = json_string(json_get(v, "message"));
	message = text ? xstrdup(text) : NULL;
	json_free(v);
	return message ? message : xasprintf("%.*s", (int)len, body);
}

/* Takes message. */
static void blame(struct fault *f, int status, char *message)
{
	char *line;

	key_redact(message);
	line = visible_line(message, strlen(message), QUOTE_MAX);
	if (*line)
		fault_set(f, "status %d, the server says \"%s\"", status, line);
	else
		fault_set(f, "status %d", status);
	free(line);
	free(message);
}

/* A status that is not 200. */
static void refuse(const struct exchange *x, const struct http_answer *h)
{
	struct remote_answer *a = x->answer;

	a->charged = 0;
	if (h->status >= 300 && h->status < 400) {
		fault_set(&a->why, "status %d: redirects are not followed",
		          h->status);
		a->end = REMOTE_NEVER;
		return;
	}
	a->end = retry_is_due(h->status) ? REMOTE_AGAIN : REMOTE_NEVER;
	a->after_s = retry_after_s(h->retry_after, time(NULL));
	blame(&a->why, h->status,
	      find_message(x->error.data ? x->error.data : "", x->error.len));
}

/* Status 200, and no whole reply. */
static void break_off(const struct exchange *x, const struct http_answer *h)
{
	static const char stream[] = "text/event-stream";
	struct remote_answer *a = x->answer;

	a->end = REMOTE_AGAIN;
	if (x->malformed) {
		/* said already */
	} else if (a->in.status) {
		a->charged = a->in.begun;
		if (!retry_is_due(a->in.status))
			a->end = REMOTE_NEVER;
		blame(&a->why, a->in.status, xstrdup(a->in.error));
	} else if (h->end != HTTP_WHOLE) {
		a->why = h->why;
	} else if (strncmp(h->type, stream, sizeof stream - 1) != 0) {
		a->end = REMOTE_NEVER;
		fault_set(&a->why,
		          "answered with '%s', not with a stream of events: is "
		          "this the right URL?",
		          h->type);
	} else {
		fault_set(&a->why, "the stream ended before the reply did");
	}
}

static void conclude(const struct exchange *x, const struct http_answer *h)
{
	struct remote_answer *a = x->answer;
	struct fault why;

	a->charged = h->sent;
	if (h->end == HTTP_REFUSED || h->status == 0) {
		a->end = h->end == HTTP_REFUSED ? REMOTE_NEVER : REMOTE_AGAIN;
		a->why = h->why;
	} else if (h->status != 200) {
		refuse(x, h);
	} else if (a->in.whole && !x->malformed) {
		a->end = REMOTE_DONE;
	} else {
		break_off(x, h);
	}
	why = a->why;
	key_redact(why.text);
	fault_set(&a->why, "%s: %s", x->remote->url, why.text);
}

void remote_send(const struct remote *r, const char *body,
                 struct remote_answer *out)
{
	const char *headers[5] = {"content-type: application/json",
	                          "accept: text/event-stream"};
	struct exchange x = {.remote = r, .answer = out};
	struct http_call call = {.url = r->url,
	                         .headers = headers,
	                         .body = body,
	                         .len = strlen(body),
	                         .limits = r->limits,
	                         .max = ANSWER_MAX,
	                         .take = take,
	                         .tick = tick,
	                         .to = &x};
	struct http_answer h;
	size_t n = 2;

	*out = (struct remote_answer){0};
	if (r->key_header)
		headers[n++] = r->key_header;
	if (r->api->version)
		headers[n++] = r->api->version;
	http_post(&call, &h);
	progress_clear();
	conclude(&x, &h);
	sse_free(&x.sse);
	buffer_free(&x.error);
}
