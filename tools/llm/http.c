/* http - one POST, and its answer as it comes
 *
 * Messages are our own and libcurl's fixed ones: its detailed ones can quote
 * URLs, of proxies too.
 */
#include "http.h"
#include "clock.h"
#include "memory.h"
#include "tool.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct transfer {
	const struct http_call *call;
	struct http_answer *answer;
	CURL *curl;
	double begun, heard;
	size_t taken;
	int stopped, too_long, stalled;
};

static int is_loopback(const char *host)
{
	unsigned char address[4];

	return strcasecmp(host, "localhost") == 0 ||
	       strcmp(host, "[::1]") == 0 ||
	       (inet_pton(AF_INET, host, address) == 1 && address[0] == 127);
}

/* What is wrong with an URL, or NULL. */
static const char *find_wrong(CURLU *u, int *loopback)
{
	static const CURLUPart unwanted[] = {CURLUPART_USER, CURLUPART_PASSWORD,
	                                     CURLUPART_QUERY,
	                                     CURLUPART_FRAGMENT};
	char *scheme = NULL, *host = NULL, *part;
	const char *wrong = NULL;

	for (size_t i = 0; i < sizeof unwanted / sizeof *unwanted; i++) {
		if (curl_url_get(u, unwanted[i], &part, 0) == CURLUE_OK) {
			curl_free(part);
			wrong = "want no user, query or fragment in it";
		}
	}
	*loopback = 0;
	if (curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) ||
	    curl_url_get(u, CURLUPART_HOST, &host, 0)) {
		wrong = "want an URL with a scheme and a host";
	} else {
		*loopback = is_loopback(host);
		if (strcmp(scheme, "https") != 0 &&
		    (strcmp(scheme, "http") != 0 || !*loopback))
			wrong = "want https://, or http:// to this machine "
			        "(localhost, 127.0.0.1, [::1])";
	}
	curl_free(scheme);
	curl_free(host);
	return wrong;
}

static CURLU *parse(const char *url, int *loopback, const char **wrong)
{
	CURLU *u = curl_url();

	if (!u)
		errx(EXIT_TROUBLE, "out of memory");
	*wrong = curl_url_set(u, CURLUPART_URL, url, 0)
	                 ? "not an URL"
	                 : find_wrong(u, loopback);
	return u;
}

int http_check_url(const char *name, const char *url, struct fault *f)
{
	int loopback;
	const char *wrong;

	curl_url_cleanup(parse(url, &loopback, &wrong));
	return wrong ? fault_set(f, "%s: %s", name, wrong) : 0;
}

static size_t on_header(char *data, size_t size, size_t n, void *to)
{
	static const char retry[] = "retry-after:";
	struct transfer *t = to;
	char *line = xasprintf("%.*s", (int)(size * n), data);
	size_t name = sizeof retry - 1;

	t->heard = clock_seconds();
	if (strncasecmp(line, retry, name) == 0) {
		name += strspn(line + name, " \t");
		line[name + strcspn(line + name, "\r\n")] = '\0';
		snprintf(t->answer->retry_after, sizeof t->answer->retry_after,
		         "%s", line + name);
	}
	free(line);
	return size * n;
}

static size_t on_body(char *data, size_t size, size_t n, void *to)
{
	struct transfer *t = to;
	size_t len = size * n;
	long status = 0;

	t->heard = clock_seconds();
	t->taken += len;
	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	t->too_long = t->taken > t->call->max;
	if (!t->too_long)
		t->stopped =
		        t->call->take(t->call->to, (int)status, data, len) != 0;
	return t->too_long || t->stopped ? CURL_WRITEFUNC_ERROR : len;
}

static int on_tick(void *to, curl_off_t a, curl_off_t b, curl_off_t c,
                   curl_off_t sent)
{
	struct transfer *t = to;
	double now = clock_seconds();

	(void)a, (void)b, (void)c;
	if (sent < (curl_off_t)t->call->len)
		t->heard = now; /* connect_s and total_s bound this part */
	t->stalled = now - t->heard > t->call->limits.stall_s;
	t->call->tick(t->call->to, now - t->begun);
	return t->stalled;
}

/* A libcurl that refuses one of these is none to talk through. */
#define SET(curl, option, value)                                               \
	do {                                                                   \
		CURLcode set_ = curl_easy_setopt(curl, option, value);         \
		if (set_)                                                      \
			errx(EXIT_TROUBLE, "libcurl: %s: %s", #option,         \
			     curl_easy_strerror(set_));                        \
	} while (0)

static void set_up(struct transfer *t, CURLU *url, int loopback,
                   struct curl_slist *headers)
{
	const struct http_call *c = t->call;

	SET(t->curl, CURLOPT_CURLU, url);
	SET(t->curl, CURLOPT_PROTOCOLS_STR, loopback ? "http,https" : "https");
	if (loopback)
		SET(t->curl, CURLOPT_NOPROXY, "*");
	SET(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
	SET(t->curl, CURLOPT_SSL_VERIFYPEER, 1L);
	SET(t->curl, CURLOPT_SSL_VERIFYHOST, 2L);
	SET(t->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	SET(t->curl, CURLOPT_NOSIGNAL, 1L);
	SET(t->curl, CURLOPT_HTTPHEADER, headers);
	SET(t->curl, CURLOPT_POST, 1L);
	SET(t->curl, CURLOPT_POSTFIELDS, c->body);
	SET(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)c->len);
	SET(t->curl, CURLOPT_CONNECTTIMEOUT_MS,
	    (long)(c->limits.connect_s * 1e3));
	SET(t->curl, CURLOPT_TIMEOUT_MS, (long)(c->limits.total_s * 1e3));
	SET(t->curl, CURLOPT_HEADERFUNCTION, on_header);
	SET(t->curl, CURLOPT_HEADERDATA, t);
	SET(t->curl, CURLOPT_WRITEFUNCTION, on_body);
	SET(t->curl, CURLOPT_WRITEDATA, t);
	SET(t->curl, CURLOPT_XFERINFOFUNCTION, on_tick);
	SET(t->curl, CURLOPT_XFERINFODATA, t);
	SET(t->curl, CURLOPT_NOPROGRESS, 0L);
}

/* Failures that another attempt would meet as well. */
static int is_lasting(CURLcode code)
{
	return code == CURLE_PEER_FAILED_VERIFICATION ||
	       code == CURLE_SSL_CACERT_BADFILE ||
	       code == CURLE_SSL_ISSUER_ERROR || code == CURLE_URL_MALFORMAT ||
	       code == CURLE_NOT_BUILT_IN;
}

static void conclude(struct transfer *t, CURLcode code)
{
	struct http_answer *a = t->answer;
	const struct http_call *c = t->call;
	long status = 0, request = 0;
	char *type = NULL;

	curl_easy_getinfo(t->curl, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(t->curl, CURLINFO_REQUEST_SIZE, &request);
	curl_easy_getinfo(t->curl, CURLINFO_CONTENT_TYPE, &type);
	a->status = (int)status;
	a->sent = request > 0;
	snprintf(a->type, sizeof a->type, "%s", type ? type : "");
	if (t->stopped) {
		a->end = HTTP_STOPPED;
	} else if (t->too_long) {
		a->end = HTTP_LONG;
		fault_set(&a->why, "an answer longer than %zu bytes", c->max);
	} else if (code == CURLE_OK) {
		a->end = HTTP_WHOLE;
	} else {
		a->end = is_lasting(code) ? HTTP_REFUSED : HTTP_BROKEN;
		if (t->stalled)
			fault_set(&a->why, "nothing heard for %g s",
			          c->limits.stall_s);
		else if (code == CURLE_OPERATION_TIMEDOUT)
			fault_set(&a->why, "not done after %.3g s", a->seconds);
		else
			fault_set(&a->why, "%s", curl_easy_strerror(code));
	}
}

void http_post(const struct http_call *call, struct http_answer *out)
{
	struct transfer t = {.call = call, .answer = out};
	struct curl_slist *headers = NULL, *more;
	const char *wrong;
	int loopback;
	CURLU *url = parse(call->url, &loopback, &wrong);
	CURLcode code;

	*out = (struct http_answer){.end = HTTP_REFUSED};
	fault_set(&out->why, "%s", wrong ? wrong : "");
	if (!wrong) {
		headers = curl_slist_append(NULL, "Expect:");
		for (size_t i = 0; headers && call->headers[i]; i++) {
			more = curl_slist_append(headers, call->headers[i]);
			if (!more)
				errx(EXIT_TROUBLE, "out of memory");
			headers = more;
		}
		t.curl = curl_easy_init();
		if (!t.curl)
			errx(EXIT_TROUBLE, "libcurl does not start");
		set_up(&t, url, loopback, headers);
		t.begun = t.heard = clock_seconds();
		code = curl_easy_perform(t.curl);
		out->seconds = clock_seconds() - t.begun;
		conclude(&t, code);
		curl_easy_cleanup(t.curl);
		curl_slist_free_all(headers);
	}
	curl_url_cleanup(url);
}
