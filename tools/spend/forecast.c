/* forecast - what a run will take, from what experiments took so far */
#include "forecast.h"
#include "clock.h"
#include "memory.h"
#include "price.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RECENT 20

/* Of an experiment that nobody has made yet: its first question with one
 * repair, tokens of a request. */
#define ASSUMED_REQUESTS 2
#define ASSUMED_INPUT 20000
#define ASSUMED_OUTPUT 8000

struct past {
	const struct ledger_entry *item[RECENT];
	size_t count;
};

/* The last experiments of a device; proposer NULL: whoever's. */
static struct past recent(const struct forecast_ground *g, const char *proposer)
{
	struct past p = {.count = 0};

	for (size_t i = g->ledger->count; i-- > 0 && p.count < RECENT;) {
		const struct ledger_entry *e = &g->ledger->item[i];

		if (strcmp(e->device, g->device) == 0 && !isnan(e->seconds) &&
		    (!proposer || strcmp(e->proposer, proposer) == 0))
			p.item[p.count++] = e;
	}
	return p;
}

/* From its first charge, which is before the experiment is made from a reply,
 * to its verdict. */
static double took(const struct forecast_ground *g,
                   const struct ledger_entry *e)
{
	for (size_t i = 0; i < g->spend->count; i++) {
		const struct charge *c = &g->spend->item[i];

		if (charge_is_of(c, e->experiment))
			return fmax(e->seconds, seconds_between(c->at, e->at));
	}
	return e->seconds;
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The median: a run that was killed and went on a day later is no measure. */
static double seconds_each(const struct forecast_ground *g,
                           const struct past *p)
{
	double s[RECENT];

	for (size_t i = 0; i < p->count; i++)
		s[i] = took(g, p->item[i]);
	qsort(s, p->count, sizeof *s, by_size);
	return (s[(p->count - 1) / 2] + s[p->count / 2]) / 2;
}

static struct amount mean(const struct forecast_ground *g, const struct past *p)
{
	struct amount sum = {0};
	double n = (double)p->count;

	for (size_t i = 0; i < p->count; i++) {
		struct total t =
		        spend_total(g->spend, p->item[i]->experiment, NULL);

		if (t.unpriced)
			t.charged.usd = NAN;
		amount_add(&sum, &t.charged);
	}
	return (struct amount){sum.usd / n, sum.gpu_s / n,
	                       (int64_t)((double)sum.tokens / n)};
}

/* What a request would cost by the table. */
static int assume(const struct forecast_ground *g, struct amount *a,
                  struct fault *f)
{
	struct usage u = {.input_tokens = ASSUMED_REQUESTS * ASSUMED_INPUT,
	                  .output_tokens = ASSUMED_REQUESTS * ASSUMED_OUTPUT};
	int asks = strcmp(g->proposer, "tune") != 0 &&
	           strcmp(g->proposer, "person") != 0 &&
	           strcmp(g->proposer, "replay") != 0;

	*a = (struct amount){.gpu_s = g->bench_s};
	if (!asks)
		return 0;
	a->usd = NAN;
	a->tokens = u.input_tokens + u.output_tokens;
	return g->model ? price_usd(g->model, g->base_url, &u, &a->usd, f) : 0;
}

static void print_time(FILE *out, const struct forecast_ground *g,
                       double seconds, const char *why)
{
	time_t end = time(NULL) + (time_t)((double)g->iterations * seconds);
	char text[32];
	struct tm tm;

	if (!gmtime_r(&end, &tm) ||
	    !strftime(text, sizeof text, "%Y-%m-%d %H:%M", &tm))
		snprintf(text, sizeof text, "-");
	fprintf(out,
	        "forecast: %lld experiments of about %.0f s (%s): %.4g an "
	        "hour, until %s UTC\n",
	        (long long)g->iterations, seconds, why, 3600 / seconds, text);
}

static void print_cost(FILE *out, const struct amount *a, double seconds,
                       int64_t iterations, const char *why)
{
	double hour = 3600 / seconds, all = (double)iterations;

	fprintf(out, "forecast: each ");
	if (isnan(a->usd))
		fputs("of unknown price", out);
	else
		fprintf(out, "%.4g USD", a->usd);
	fprintf(out, ", %lld tokens, %.0f device seconds (%s)",
	        (long long)a->tokens, a->gpu_s, why);
	if (!isnan(a->usd))
		fprintf(out, ": %.4g USD an hour, %.4g in all", a->usd * hour,
		        a->usd * all);
	fputc('\n', out);
}

static void print_left(FILE *out, const char *name, double budget,
                       double charged, double each, int64_t iterations)
{
	double left = fmax(budget - charged, 0), n = floor(left / each);

	if (isinf(budget) || !(each > 0) || n >= (double)iterations)
		return;
	fprintf(out,
	        "forecast: %s leaves %.6g: enough for about %.0f of the %lld\n",
	        name, left, n, (long long)iterations);
}

int forecast_print(FILE *out, const struct forecast_ground *g, struct fault *f)
{
	struct past same = recent(g, g->proposer), any = recent(g, NULL);
	struct past *p = same.count ? &same : &any;
	struct total t = spend_total(g->spend, NULL, NULL);
	double seconds = p->count ? fmax(seconds_each(g, p), 1) : g->bench_s;
	const struct amount *b = g->budget;
	double tokens = b->tokens == INT64_MAX ? INFINITY : (double)b->tokens;
	struct amount each;
	char *why = p->count ? xasprintf("the median of the last %zu here",
	                                 p->count)
	                     : xstrdup("bench_s: none was made here yet");

	print_time(out, g, seconds, why);
	free(why);
	if (same.count) {
		each = mean(g, &same);
		why = xasprintf("the mean of the last %zu", same.count);
	} else if (assume(g, &each, f)) {
		return -1;
	} else if (each.tokens) {
		why = xasprintf("assumed: %d requests of %d tokens in and %d "
		                "out, and bench_s",
		                ASSUMED_REQUESTS, ASSUMED_INPUT,
		                ASSUMED_OUTPUT);
	} else {
		why = xstrdup("bench_s");
	}
	print_cost(out, &each, seconds, g->iterations, why);
	free(why);
	print_left(out, "BUDGET_USD", b->usd, t.charged.usd, each.usd,
	           g->iterations);
	print_left(out, "BUDGET_TOKENS", tokens, (double)t.charged.tokens,
	           (double)each.tokens, g->iterations);
	print_left(out, "BUDGET_GPU_S", b->gpu_s, t.charged.gpu_s, each.gpu_s,
	           g->iterations);
	return 0;
}
