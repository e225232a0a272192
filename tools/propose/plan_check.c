/* plan_check - does a research plan say only what the records say? */
#include "plan_check.h"
#include "figure.h"
#include "memory.h"
#include "utf8.h"
#include "verdict.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PLAN_MAX ((size_t)64 << 10)
#define ITEM_MAX 600
#define WRONG_MAX 20
#define NAME_SHOWN 24 /* bytes of a claim that are named */

enum section { OUTSIDE, TRY, AVOID };

static const struct {
	const char *title;
	size_t most; /* items */
} section[] = {{"", 0}, {"## Try", 12}, {"## Do not try", 30}};

struct check {
	const struct plan_records *records;
	double *shown;
	size_t nshown;
	enum section now;
	size_t items[3];
	int seen[3];
	long line; /* 0: of the whole */
	size_t wrong;
	FILE *plan, *claims;
};

/* One citation, or mention, of an experiment. */
struct citation {
	const char *name;
	int name_len;
	const struct ledger_entry *entry;
	int words, has_speedup;
};

__attribute__((format(printf, 2, 3))) static void refuse(struct check *c,
                                                         const char *fmt, ...)
{
	va_list ap;

	if (c->wrong++ >= WRONG_MAX)
		return;
	va_start(ap, fmt);
	fputs("- ", c->claims);
	if (c->line > 0)
		fprintf(c->claims, "line %ld: ", c->line);
	vfprintf(c->claims, fmt, ap);
	fputc('\n', c->claims);
	va_end(ap);
}

static int shown_len(size_t len)
{
	return len > NAME_SHOWN ? NAME_SHOWN : (int)len;
}

static void check_figure(struct check *c, const struct figure *f)
{
	for (size_t i = 0; i < c->nshown; i++)
		if (figure_is(f, c->shown[i]))
			return;
	refuse(c, "%.*s: no such number in the records that were shown",
	       shown_len(f->len), f->at);
}

static void want_number(struct check *c, const struct citation *cite,
                        const struct figure *f, double x, const char *what)
{
	if (isnan(x))
		refuse(c, "%.*s has no %s on record, not %.*s", cite->name_len,
		       cite->name, what, shown_len(f->len), f->at);
	else if (!figure_is(f, x))
		refuse(c, "%.*s: its %s is %.3f, not %.*s", cite->name_len,
		       cite->name, what, x, shown_len(f->len), f->at);
}

static void want_word(struct check *c, struct citation *cite, const char *word,
                      int len)
{
	const struct ledger_entry *e = cite->entry;
	const char *const known[] = {e->outcome, e->reason};

	cite->words++;
	for (size_t i = 0; i < 2; i++)
		if (strlen(known[i]) == (size_t)len &&
		    strncmp(known[i], word, (size_t)len) == 0)
			return;
	refuse(c, "%.*s: the record says %s%s%s, not %.*s", cite->name_len,
	       cite->name, e->outcome, strcmp(e->reason, "-") ? " " : "",
	       strcmp(e->reason, "-") ? e->reason : "", shown_len((size_t)len),
	       word);
}

/* "[0.96, 0.98]" at p. Returns its end, NULL if it is none. */
static const char *read_interval(struct check *c, const struct citation *cite,
                                 const char *p, const char *end)
{
	struct figure low, high;

	if (figure_read(++p, end, &low))
		return NULL;
	p += low.len;
	if (end - p < 2 || memcmp(p, ", ", 2) != 0 ||
	    figure_read(p + 2, end, &high))
		return NULL;
	p += 2 + high.len;
	if (p == end || *p != ']')
		return NULL;
	want_number(c, cite, &low, cite->entry->ci_low, "interval's low end");
	want_number(c, cite, &high, cite->entry->ci_high,
	            "interval's high end");
	return p + 1;
}

/* What follows "exp_0007:", up to ')' or ';'. Returns where it ends. */
static const char *read_citation(struct check *c, struct citation *cite,
                                 const char *p, const char *end)
{
	struct figure f;

	while (p && p < end && *p != ')' && *p != ';') {
		size_t len = 0;

		while (p + len < end && ((p[len] >= 'a' && p[len] <= 'z') ||
		                         (len > 0 && p[len] == '-')))
			len++;
		if (*p == ' ') {
			p++;
		} else if (len > 0) {
			want_word(c, cite, p, (int)len);
			p += len;
		} else if (*p == '[') {
			p = read_interval(c, cite, p, end);
		} else if (!cite->has_speedup && !figure_read(p, end, &f)) {
			want_number(c, cite, &f, cite->entry->speedup,
			            "speedup");
			cite->has_speedup = 1;
			p += f.len;
		} else {
			p = NULL;
		}
	}
	if (!p || p == end || cite->words == 0 ||
	    (!cite->has_speedup && !isnan(cite->entry->speedup))) {
		refuse(c,
		       "%.*s: want its citation as (exp_0007: slower 0.97), "
		       "with the speedup if there is one",
		       cite->name_len, cite->name);
		return end;
	}
	return p;
}

static void want_failed(struct check *c, const struct citation *cite)
{
	const struct ledger_entry *e = cite->entry;

	if (strcmp(e->device, c->records->device) != 0)
		refuse(c, "%s was measured on %s, not on %s", e->experiment,
		       e->device, c->records->device);
	if (ledger_is_baseline(e))
		refuse(c, "%s was not refused but became the incumbent",
		       e->experiment);
}

/* A name at p, len bytes of it. *cited: citations so far. Returns what is to
 * be read next. */
static const char *check_name(struct check *c, const char *start, const char *p,
                              size_t len, const char *end, size_t *cited)
{
	struct citation cite = {.name = p, .name_len = shown_len(len)};
	char *name = xasprintf("%.*s", (int)len, p);
	int is_inside =
	        p > start && (p[-1] == '(' ||
	                      (p - start > 1 && p[-1] == ' ' && p[-2] == ';'));

	cite.entry = ledger_find(c->records->ledger, name);
	free(name);
	p += len;
	if (!cite.entry) {
		refuse(c, "%.*s: no such experiment on record", cite.name_len,
		       cite.name);
	} else if (is_inside && p < end && *p == ':') {
		++*cited;
		if (c->now == AVOID)
			want_failed(c, &cite);
		p = read_citation(c, &cite, p + 1, end);
	}
	return p;
}

static int is_name(const char *word, size_t len)
{
	return len > 4 && strncasecmp(word, "exp_", 4) == 0 && word[4] >= '0' &&
	       word[4] <= '9';
}

static void check_item(struct check *c, const char *start, const char *end)
{
	struct figure f;
	size_t cited = 0;

	for (const char *p = start; p < end;) {
		size_t len = word_length(p, end);

		if (len > 0 && is_name(p, len)) {
			p = check_name(c, start, p, len, end, &cited);
		} else if (len > 0) {
			p += len;
		} else if (figure_read(p, end, &f) == 0) {
			if (f.is_claim)
				check_figure(c, &f);
			p += f.len;
		} else {
			p++;
		}
	}
	if (c->now == AVOID && cited == 0)
		refuse(c, "cites no experiment: want (exp_0007: slower 0.97)");
}

static int is_visible(const char *p, const char *end)
{
	for (size_t n; p < end; p += n) {
		n = utf8_visible(p, end);
		if (n == 0)
			return 0;
	}
	return 1;
}

static void read_item(struct check *c, const char *p, const char *end)
{
	if (c->items[c->now]++ == section[c->now].most)
		refuse(c, "more than %zu items of \"%s\"", section[c->now].most,
		       section[c->now].title);
	if (c->items[c->now] > section[c->now].most)
		return;
	if (end - p < 3 || memcmp(p, "- ", 2) != 0)
		refuse(c, "want an item on one line that begins with \"- \"");
	else if (end - p > ITEM_MAX)
		refuse(c, "longer than %d bytes", ITEM_MAX);
	else if (!is_visible(p, end))
		refuse(c, "a character that cannot be seen, or no UTF-8");
	else
		check_item(c, p, end);
	fprintf(c->plan, "%.*s\n", (int)(end - p), p);
}

static void read_heading(struct check *c, const char *p, const char *end)
{
	size_t len = (size_t)(end - p);

	c->now = OUTSIDE;
	for (enum section s = TRY; s <= AVOID; s++)
		if (strlen(section[s].title) == len &&
		    memcmp(section[s].title, p, len) == 0)
			c->now = s;
	if (c->now == OUTSIDE)
		return;
	if (c->seen[c->now]++ || (c->now == TRY && c->seen[AVOID]))
		refuse(c, "want \"## Try\", then \"## Do not try\", once each");
	fprintf(c->plan, "%s%s\n\n", c->now == AVOID ? "\n" : "",
	        section[c->now].title);
}

static void read_reply(struct check *c, const char *p, const char *end)
{
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *last = nl ? nl : end;

		c->line++;
		while (last > p && strchr(" \t\r", last[-1]) && last[-1])
			last--;
		if (last > p && *p == '#')
			read_heading(c, p, last);
		else if (last > p && c->now != OUTSIDE &&
		         (last - p < 3 || memcmp(p, "```", 3) != 0))
			read_item(c, p, last);
		p = nl ? nl + 1 : end;
	}
	c->line = 0;
	if (!c->seen[TRY] || !c->seen[AVOID] || c->items[TRY] == 0)
		refuse(c, "want both sections, \"## Try\" with an item at "
		          "least, and \"## Do not try\"");
}

int plan_check(const char *reply, size_t len, const struct plan_records *r,
               char **plan, char **wrong)
{
	struct check c = {.records = r};
	size_t plan_len, wrong_len;

	*plan = *wrong = NULL;
	c.plan = xmemstream(plan, &plan_len);
	c.claims = xmemstream(wrong, &wrong_len);
	c.shown = figures_of(r->shown, &c.nshown);
	if (len > PLAN_MAX)
		refuse(&c, "the reply is longer than %zu bytes", PLAN_MAX);
	else
		read_reply(&c, reply, reply + len);
	if (c.wrong > WRONG_MAX)
		fprintf(c.claims, "- and %zu more\n", c.wrong - WRONG_MAX);
	fclose(c.plan);
	fclose(c.claims);
	free(c.shown);
	free(c.wrong ? *plan : *wrong);
	*(c.wrong ? plan : wrong) = NULL;
	return c.wrong > 0;
}
