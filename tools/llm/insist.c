/* insist - the kinds anthropic and openai: requests until one is answered */
#include "amount.h"
#include "attempt.h"
#include "clock.h"
#include "key.h"
#include "memory.h"
#include "price.h"
#include "progress.h"
#include "remote.h"
#include "retry.h"
#include "tool.h"

#include <err.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* A token is hardly ever less than three bytes. */
static int64_t tokens_of(int64_t bytes)
{
	return (bytes + 2) / 3;
}

/* The most that a request can cost: all of it new to the cache. */
static int find_cap(const struct remote *r, const char *body,
                    struct amount *cap, struct fault *f)
{
	int64_t in = tokens_of((int64_t)strlen(body));
	struct usage read = {.input_tokens = in,
	                     .output_tokens = r->request.max_tokens};
	struct usage written = {.cache_write_tokens = in,
	                        .output_tokens = r->request.max_tokens};
	double usd, more;

	if (price_usd(r->request.model, r->base, &read, &usd, f) ||
	    price_usd(r->request.model, r->base, &written, &more, f))
		return -1;
	*cap = (struct amount){.usd = usd > more ? usd : more,
	                       .tokens = in + r->request.max_tokens};
	return 0;
}

static int fill(const struct remote *r, const char *body, struct incoming *in,
                struct answer *out, struct fault *f)
{
	*out = (struct answer){.usage = in->usage};
	if (!in->has_usage) {
		out->usage.input_tokens = tokens_of((int64_t)strlen(body));
		out->usage.output_tokens = tokens_of(in->bytes);
	}
	if (price_usd(r->request.model, r->base, &out->usage, &out->usd, f))
		return -1;
	out->proposer = xstrdup(r->api->name);
	out->model = xstrdup(in->model ? in->model : r->request.model);
	out->stop_reason = xstrdup(in->stop_reason);
	out->text = buffer_take(&in->text);
	return 0;
}

static void pause_for(double s, const char *why, int attempt, int attempts)
{
	double until = clock_seconds() + s, left;

	warnx("%s; again in %.1f s (%d of %d)", why, s, attempt, attempts);
	while ((left = until - clock_seconds()) > 0) {
		struct timespec t = {0, 200000000};

		if (left < 0.2)
			t.tv_nsec = (long)(left * 1e9);
		progress("again in %.0f s", left);
		nanosleep(&t, NULL);
	}
	progress_clear();
}

/* One attempt, and the charge for it. Returns -1 if there is to be another,
 * after *after_s; else an exit status. */
static int try_once(const struct question *q, const struct remote *r,
                    const char *body, const struct amount *cap,
                    struct answer *out, double *after_s, struct fault *f)
{
	static const struct amount nothing;
	struct remote_answer a;
	char *id;
	int status = attempt_begin(q, "llm", cap, &id, f);

	if (status)
		return status;
	remote_send(r, body, &a);
	status = a.end == REMOTE_NEVER ? EXIT_TROUBLE : -1;
	if (a.end == REMOTE_DONE)
		status = fill(r, body, &a.in, out, f) ? EXIT_TROUBLE : EXIT_YES;
	else if (!a.charged && attempt_end(q, id, &nothing, f))
		status = EXIT_TROUBLE;
	else
		*f = a.why;
	*after_s = a.after_s;
	incoming_free(&a.in);
	free(id);
	return status;
}

static int insist(const struct question *q, const struct remote *r,
                  struct answer *out, struct fault *f)
{
	char *body = r->api->body(&r->request);
	double begun = clock_seconds(), after_s;
	struct amount cap;
	int attempt = 0, status = -1;

	if (find_cap(r, body, &cap, f))
		status = EXIT_TROUBLE;
	while (status < 0 && attempt++ < r->attempts) {
		status = try_once(q, r, body, &cap, out, &after_s, f);
		if (status < 0 && attempt < r->attempts)
			pause_for(retry_pause_s(attempt, r->first_s, after_s),
			          f->text, attempt, r->attempts);
	}
	if (status == EXIT_YES) {
		out->seconds = clock_seconds() - begun;
		out->requests = attempt;
	}
	free(body);
	return status < 0 ? EXIT_RETRY : status;
}

static int answer(const struct provider *api, const struct question *q,
                  struct answer *out, struct fault *f)
{
	struct remote r;
	int status;

	if (remote_find(api, q->said, &r, f))
		return EXIT_TROUBLE;
	status = insist(q, &r, out, f);
	remote_free(&r);
	return status;
}

int anthropic_answer(const struct question *q, struct answer *out,
                     struct fault *f)
{
	return answer(&provider_anthropic, q, out, f);
}

int openai_answer(const struct question *q, struct answer *out, struct fault *f)
{
	return answer(&provider_openai, q, out, f);
}
